"""The scan: each person who can act, once per rung, the latest only after an outage, nothing once it is done."""

import re
import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from partners.enums import MessageState
from partners.models import Message, Preference
from partners.services import outbox, people
from partners.services.delivery import deliver
from partners.services.reminders import send_reminders
from partners.services.schedule import last_day
from smartport import messages
from smartport.messages import MessageKind, Notice, Topic
from tests.factories.partners import UserFactory
from tests.mail import smtp_server

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 5)


class Matters:
    """Things owed, as an app would find them: {obligation: (people, due date)}."""

    def __init__(self) -> None:
        self.open: dict[str, tuple[list, date]] = {}

    def find(self, day):
        for obligation, (readers, due_on) in sorted(self.open.items()):
            yield Notice(obligation, readers, due_on, {"person": "Jean"})

    def still_due(self, pairs):
        return {
            (person, obligation)
            for person, obligation in pairs
            if obligation in self.open and person in {one.pk for one in self.open[obligation][0]}
        }


@pytest.fixture
def matters(monkeypatch):
    """The only kind with a ladder in these tests."""
    matters = Matters()
    kind = MessageKind(
        name="address_failed",
        label="Test",
        topic=Topic.REPORTS,
        ladder=(-14, -7, -3, 0, 3, 10),
        find=matters.find,
        still_due=matters.still_due,
    )
    monkeypatch.setattr(messages.kinds, "_entries", {kind.name: kind})
    return matters


def steps(person=None):
    rows = Message.objects.exclude(state=MessageState.CANCELLED).order_by("pk")
    return [row.step.partition("/")[2] for row in rows if person is None or row.recipient == person]


def scan(days):
    return send_reminders(day=DUE + timedelta(days=days)).queued


def test_each_rung_is_told_once_on_its_day(cast, matters):
    matters.open["report:1"] = ([cast.owner], DUE)
    told = {days: scan(days) for days in range(-16, 13)}
    assert [days for days, count in told.items() if count] == [-14, -7, -3, 0, 3, 10]


def test_running_twice_adds_nothing(cast, matters):
    matters.open["report:1"] = ([cast.owner, cast.colleague], DUE)
    assert [scan(-7), scan(-7)] == [2, 0]


def test_after_an_outage_only_the_latest_rung_is_told_once(cast, matters):
    matters.open["report:1"] = ([cast.owner], DUE)
    scan(-14)
    assert scan(1) == 1
    assert scan(2) == 0
    assert Message.objects.order_by("-pk")[0].step.endswith("/+0")


def test_a_clock_set_back_tells_nothing_again(cast, matters):
    matters.open["report:1"] = ([cast.owner], DUE)
    scan(-3)
    assert scan(-10) == 0
    assert scan(-3) == 0


def test_a_later_due_date_starts_a_new_ladder(cast, matters):
    matters.open["report:1"] = ([cast.owner], DUE)
    scan(0)
    matters.open["report:1"] = ([cast.owner], DUE + timedelta(days=10))
    assert scan(1) == 1
    assert Message.objects.order_by("-pk")[0].step == "2026-12-15/-14"


def test_a_new_rung_replaces_the_one_that_still_waits(cast, matters, settings):
    matters.open["report:1"] = ([cast.owner], DUE)
    scan(-7)
    scan(-3)
    assert steps() == ["-3"]
    with smtp_server(settings) as post:
        deliver()
    assert len(post.letters) == 1


def test_it_stops_as_soon_as_the_thing_is_done(cast, matters, settings):
    matters.open["report:1"] = ([cast.owner], DUE)
    scan(-7)
    del matters.open["report:1"]
    assert scan(-3) == 0
    with smtp_server(settings) as post:
        assert deliver().cancelled == 1
    assert not post.letters


def test_who_can_no_longer_act_is_not_told(cast, matters, settings):
    matters.open["report:1"] = ([cast.owner, cast.colleague], DUE)
    scan(-7)
    matters.open["report:1"] = ([cast.colleague], DUE)
    with smtp_server(settings) as post:
        deliver()
    assert post.addresses == [cast.colleague.email]


def test_a_person_who_comes_later_gets_the_rung_of_the_day(cast, matters):
    matters.open["report:1"] = ([cast.owner], DUE)
    scan(-7)
    matters.open["report:1"] = ([cast.owner, cast.colleague], DUE)
    assert scan(-5) == 1
    assert steps(cast.colleague) == ["-7"]


def test_the_person_who_is_back_gets_the_latest_rung(cast, matters):
    matters.open["report:1"] = ([cast.owner], DUE)
    away = Preference.objects.create(
        user=cast.owner, paused_from=DUE - timedelta(days=20), paused_until=DUE - timedelta(days=5)
    )
    assert scan(-7) == 0
    assert away.is_away_on(DUE - timedelta(days=7))
    assert scan(-4) == 1
    assert steps() == ["-7"]


def test_what_the_secretariat_sent_by_hand_does_not_disturb_the_ladder(cast, matters):
    matters.open["report:1"] = ([cast.owner], DUE)
    by_hand = matters.find(DUE)
    outbox.queue_many(kind="address_failed", notices=by_hand, step="by hand")
    assert scan(-7) == 1
    assert Message.objects.filter(state=MessageState.QUEUED).count() == 2


def test_the_commands_say_what_they_did_and_run_twice(cast, matters, capsys):
    matters.open["report:1"] = ([cast.owner], DUE)
    for _ in range(2):
        call_command("send_reminders", "--on", "2026-11-28")
    first, second = capsys.readouterr().out.splitlines()
    assert "1 messages queued" in first
    assert "0 messages queued" in second


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_tell_once(matters, monkeypatch):
    monkeypatch.setattr(outbox, "wake", lambda: None)
    people = UserFactory.create_batch(5)
    matters.open = {f"report:{n}": (people, DUE) for n in range(20)}
    counts = []

    def run():
        try:
            counts.append(scan(-7))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == Message.objects.count() == 100


def test_one_kind_that_cannot_look_leaves_the_others_and_is_seen(cast, matters, capsys):
    def broken(day):
        raise ValueError("no such table")

    matters.open["report:1"] = ([cast.owner], DUE)
    kind = MessageKind(
        name="handed_over", label="Broken", topic=Topic.REPORTS, ladder=(-14, 90), find=broken
    )
    messages.kinds._entries[kind.name] = kind
    with pytest.raises(CommandError, match="1 kinds"):
        call_command("send_reminders", "--on", "2026-11-28")
    assert steps() == ["-7"]
    assert last_day("send_reminders") is None


def test_a_reminder_that_could_not_be_written_is_tried_again_and_the_others_go(cast, matters):
    class Broken:
        def __str__(self):
            raise ValueError

    good = Notice("report:2", [cast.manager], DUE, {"person": "Jean"})
    bad = Notice("report:1", [cast.owner], DUE, {"person": Broken()})
    mended = Notice("report:1", [cast.owner], DUE, {"person": "Jean"})
    for found, queued in (([bad, good], 1), ([bad, good], 0), ([mended, good], 1)):
        matters.find = lambda day, found=found: found
        kind = replace(messages.kinds["address_failed"], find=matters.find)
        messages.kinds._entries["address_failed"] = kind
        assert scan(-7) == queued
    assert steps(cast.owner) == ["-7"]


def test_an_invitation_is_reminded_of_once_by_a_link_of_its_own_and_the_first_goes_on_working(
    cast, settings, client
):
    invitation = people.invite(
        actor=cast.manager, partner=cast.partner_a, email="new@a.example", role="contributor", language="fr"
    )  # fmt: skip
    last_day_of_it = timezone.localdate(invitation.expires_at)
    counts = [
        send_reminders(day=last_day_of_it - timedelta(days=days)).queued for days in (5, 4, 3, 0)
    ]
    assert counts == [0, 1, 0, 0]
    with smtp_server(settings) as post:
        assert deliver().sent == 2
    for letter in post.letters:
        (link,) = re.findall(
            r"http://testserver(/\S+/[\w-]{43}/)\s", letter.get_body(("plain",)).get_content()
        )
        assert client.get(link).status_code == 200
    assert not re.search(r"[\w-]{43}/", Message.objects.get(kind="invitation_reminder").text)


def test_an_invitation_withdrawn_before_the_sending_is_not_sent(cast, settings):
    invitation = people.invite(
        actor=cast.manager, partner=cast.partner_a, email="new@a.example", role="contributor", language="fr"
    )  # fmt: skip
    people.withdraw_invitation(actor=cast.manager, invitation=invitation)
    with smtp_server(settings) as post:
        assert deliver().cancelled == 1
    assert not post.letters
