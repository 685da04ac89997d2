"""Digests: on each person's day, once per period, with what is new on top of what is owed; else nothing."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from partners.enums import DigestRhythm
from partners.models import Message, Preference
from partners.services.digests import falls_on, period_name, send_digests
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


def owed(since=None, **fields):
    return Obligation(
        key="report:1",
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
    world["owed"][cast.owner].append(owed(since=timezone.localdate() + timedelta(days=5)))
    assert send_digests(day=MONDAY + timedelta(days=14)).queued == 1


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


@pytest.mark.parametrize(
    ("rhythm", "day", "expected", "name"),
    [
        (DigestRhythm.DAILY, date(2026, 11, 27), True, "2026-11-27"),
        (DigestRhythm.DAILY, date(2026, 11, 28), False, "2026-11-28"),
        (DigestRhythm.WEEKLY, date(2026, 11, 30), True, "2026-W49"),
        (DigestRhythm.WEEKLY, date(2026, 12, 1), False, "2026-W49"),
        (DigestRhythm.MONTHLY, date(2026, 12, 1), True, "2026-12"),
        (DigestRhythm.MONTHLY, date(2026, 11, 2), True, "2026-11"),
        (DigestRhythm.MONTHLY, date(2026, 11, 1), False, "2026-11"),
        (DigestRhythm.NEVER, date(2026, 11, 30), False, "2026-11"),
    ],
)
def test_each_rhythm_has_its_days(rhythm, day, expected, name):
    wish = Preference(digest=rhythm, digest_weekday=1)
    assert falls_on(wish, day) is expected
    assert period_name(rhythm, day) == name
