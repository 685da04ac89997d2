"""Digests: on each person's day, once per period, with what is new on top of what is owed; else nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from partners.enums import DigestRhythm
from partners.models import Message, Preference
from partners.services.digests import MARGIN, period_of, send_digests
from smartport import messages, obligations
from smartport.messages import News
from smartport.obligations import Obligation

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 30)


@pytest.fixture
def world(monkeypatch):
    """What providers find: {person: [obligations]} and {person: [news]}."""
    found = {"owed": {}, "news": {}}
    monkeypatch.setattr(
        obligations.providers, "_entries", {"test": lambda user, today: found["owed"].get(user, [])}
    )
    monkeypatch.setattr(
        messages.news_providers,
        "_entries",
        {
            "test": lambda user, after, until: [
                one for one in found["news"].get(user, []) if after < one.at <= until
            ]
        },
    )
    return found


def news(about="Alpha", title="Le jalon a glissé", ago=timedelta(hours=1)):
    return News(about=about, title=title, at=timezone.now() - ago, url="/fr/projets/alpha/")


def owed(key="report:1", since=None, **fields):
    return Obligation(
        key=key,
        kind="report",
        title="Fiche Alpha",
        url="/fr/fiches/1/",
        action="Écrire",
        due_on=MONDAY,
        since=since or timezone.localdate(),
        **fields,
    )


def test_a_digest_holds_what_is_owed_and_what_changed_by_project_newest_first(cast, world):
    world["owed"][cast.owner] = [owed(for_whom="Partenaire A")]
    world["news"][cast.owner] = [
        news("Bêta", "Ancien", timedelta(days=3)),
        news("Alpha", "Récent"),
        news("Bêta", "Hier", timedelta(days=1)),
    ]
    assert send_digests(day=MONDAY).queued == 1
    row = Message.objects.get()
    places = [row.text.index(words) for words in ("Fiche Alpha", "Récent", "Hier", "Ancien")]
    assert places == sorted(places)
    assert "Partenaire A" in row.text
    assert "http://testserver/fr/fiches/1/" in row.text
    assert "http://testserver/fr/projets/alpha/" in row.html


def test_the_first_digest_says_where_one_stands_then_nothing_new_means_no_mail(cast, world):
    world["owed"][cast.owner] = [owed(since=timezone.localdate() - timedelta(days=30))]
    assert send_digests(day=MONDAY).queued == 1
    assert send_digests(day=MONDAY + timedelta(days=7)).queued == 0
    world["owed"][cast.owner].append(owed("report:2"))
    assert send_digests(day=MONDAY + timedelta(days=14)).queued == 1
    world["owed"][cast.owner].pop()
    assert send_digests(day=MONDAY + timedelta(days=21)).queued == 0, "done is not new"


def test_news_are_told_once(cast, world):
    world["news"][cast.owner] = [news()]
    assert send_digests(day=MONDAY).queued == 1
    assert send_digests(day=MONDAY).queued == 0
    assert send_digests(day=MONDAY + timedelta(days=7)).queued == 0


def test_a_morning_that_was_missed_is_made_up_for(cast, world):
    send_digests(day=MONDAY - timedelta(days=4))
    world["news"][cast.owner] = [news()]
    assert send_digests(day=MONDAY + timedelta(days=2)).queued == 1
    assert Message.objects.get().step == "2026-W49"


def test_nobody_gets_a_digest_on_another_day_than_theirs(cast, world):
    Preference.objects.create(user=cast.owner, digest_weekday=3)
    world["news"][cast.owner] = [news()]
    send_digests(day=MONDAY - timedelta(days=1))
    assert send_digests(day=MONDAY).queued == 0
    assert send_digests(day=MONDAY + timedelta(days=2)).queued == 1


def test_who_wants_none_or_is_away_gets_none(cast, world):
    Preference.objects.create(user=cast.owner, digest=DigestRhythm.NEVER)
    Preference.objects.create(user=cast.colleague, paused_from=MONDAY, paused_until=MONDAY)
    for person in (cast.owner, cast.colleague):
        world["news"][person] = [news()]
    assert send_digests(day=MONDAY).queued == 0


def test_a_person_with_thousands_of_changes_gets_a_summary(cast, world):
    world["news"][cast.owner] = [news(title=f"Changement {n}") for n in range(5000)]
    send_digests(day=MONDAY)
    row = Message.objects.get()
    assert "4\u202f960" in row.text or "4960" in row.text
    assert row.text.count("Changement") == 40


def test_a_digest_that_fails_for_one_leaves_the_others_theirs_and_loses_nothing(cast, world):
    moment = timezone.now() - timedelta(hours=1)
    broken = News(about="Alpha", title="Cassé", at="never", url="/fr/")
    world["news"] = {cast.owner: [broken], cast.colleague: [news()]}
    done = send_digests(day=MONDAY)
    assert (done.queued, done.failed) == (1, 1)
    row = Message.objects.get(recipient=cast.owner)
    assert row.is_unwritten
    assert row.error.startswith("TypeError")
    world["news"] = {cast.owner: [replace(broken, at=moment)]}
    assert send_digests(day=MONDAY).queued == 1
    assert "Cassé" in Message.objects.get(recipient=cast.owner).text


def test_the_subject_counts_what_is_owed_and_what_changed(cast, world):
    world["owed"][cast.owner] = [owed(), owed("report:2")]
    world["news"] = {cast.owner: [news()], cast.colleague: [news(), news()]}
    send_digests(day=MONDAY)
    subjects = dict(Message.objects.values_list("recipient__first_name", "subject"))
    assert subjects == {
        "Oriane": "2 choses à faire, un changement",
        "Colin": "2 changements sur vos projets",
    }


@pytest.mark.parametrize(
    ("rhythm", "chosen", "day", "period"),
    [
        (DigestRhythm.DAILY, 1, date(2026, 11, 27), "2026-11-27"),
        (DigestRhythm.DAILY, 1, date(2026, 11, 28), None),
        (DigestRhythm.WEEKLY, 1, date(2026, 11, 30), "2026-W49"),
        (DigestRhythm.WEEKLY, 1, date(2026, 12, 1), None),
        (DigestRhythm.MONTHLY, 1, date(2026, 12, 1), "2026-12"),
        (DigestRhythm.MONTHLY, 1, date(2026, 11, 2), "2026-11"),
        (DigestRhythm.MONTHLY, 1, date(2026, 11, 1), None),
        (DigestRhythm.MONTHLY, 15, date(2026, 12, 15), "2026-12"),
        (DigestRhythm.MONTHLY, 15, date(2026, 12, 1), None),
        (DigestRhythm.MONTHLY, 31, date(2026, 11, 30), "2026-11"),
        (DigestRhythm.MONTHLY, 31, date(2028, 2, 29), "2028-02"),
        (DigestRhythm.MONTHLY, 31, date(2026, 2, 2), "2026-01"),
        (DigestRhythm.NEVER, 1, date(2026, 11, 30), None),
    ],
)
def test_each_rhythm_has_its_days(rhythm, chosen, day, period):
    wish = Preference(digest=rhythm, digest_weekday=1, digest_month_day=chosen)
    assert period_of(wish, day) == period


def test_a_late_digest_does_not_take_the_place_of_the_next(cast, world):
    """Friday's, written on Monday after an outage, is Friday's: the next Friday has its own."""
    friday = date(2026, 11, 27)
    Preference.objects.create(user=cast.owner, digest_weekday=5)
    send_digests(day=friday - timedelta(days=1))
    world["owed"][cast.owner] = [owed()]
    assert send_digests(day=MONDAY).queued == 1
    world["owed"][cast.owner].append(owed("report:2"))
    assert send_digests(day=friday + timedelta(days=7)).queued == 1
    assert [m.step for m in Message.objects.order_by("pk")] == ["2026-W48", "2026-W49"]


def test_what_happens_while_a_digest_is_written_is_told_in_the_next(cast, world):
    just_now = timezone.now() - MARGIN / 2
    world["owed"][cast.owner] = [owed()]
    world["news"][cast.owner] = [News("Alpha", "À l’instant", just_now, "/fr/projets/alpha/")]
    assert send_digests(day=MONDAY).queued == 1
    assert "À l’instant" not in Message.objects.get().text
    with time_machine.travel(timezone.now() + timedelta(days=7), tick=True):
        assert send_digests(day=MONDAY + timedelta(days=7)).queued == 1
    assert "À l’instant" in Message.objects.latest("pk").text


def test_a_topic_that_a_person_wants_nothing_of_is_left_out(cast, world):
    Preference.objects.create(user=cast.owner, topics={"meetings": "never", "reports": "digest"})
    summons = News("Comité", "Convocation", timezone.now() - MARGIN * 2, "/fr/", topic="meetings")
    world["news"][cast.owner] = [news(), summons]
    send_digests(day=MONDAY)
    text = Message.objects.get().text
    assert "Le jalon a glissé" in text
    assert "Convocation" not in text


def test_many_projects_share_the_space_and_each_says_how_many_changes_it_leaves_out(cast, world):
    world["news"][cast.owner] = [
        News(
            f"Projet {n % 100}",
            f"Changement {n}",
            timezone.now() - timedelta(minutes=n + 2),
            "/fr/",
        )
        for n in range(5000)
    ]
    send_digests(day=MONDAY)
    text = Message.objects.get().text
    assert text.count("- et 47 changements de plus") == 13
    assert text.count("Changement ") == 40
    assert "4\u202f300 autres changements" in text or "4300 autres changements" in text
