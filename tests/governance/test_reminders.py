"""Who is reminded of actions and of minutes, on which day, and when it stops."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.enums import ActionStatus, MinutesStatus
from governance.models import Minutes
from governance.services import actions, minutes
from partners.models import Message
from partners.services.reminders import send_reminders
from tests.factories.governance import ActionFactory, MandateFactory, MeetingFactory, SeatFactory

pytestmark = pytest.mark.django_db


def told(day) -> list[tuple[str, str]]:
    before = set(Message.objects.values_list("pk", flat=True))
    assert not send_reminders(day=day).failed
    added = Message.objects.exclude(pk__in=before).order_by("kind", "recipient__first_name")
    return list(added.values_list("kind", "recipient__first_name"))


def test_an_action_is_reminded_of_until_it_is_done_and_called_late_when_it_is(cast):
    action = ActionFactory(owner=cast.member)
    due_on = action.due_on
    found = {days: told(due_on + timedelta(days=days)) for days in (-8, -7, -1, 0, 2, 3, 10, 11)}
    assert {days: added for days, added in found.items() if added} == {
        -7: [("action_due", "Maxime")],
        -1: [("action_due", "Maxime")],
        3: [("action_due", "Maxime")],
        10: [("action_due", "Maxime")],
    }
    rows = Message.objects.filter(kind="action_due").order_by("pk")
    assert ["En retard" in row.subject for row in rows] == [False, False, True, True]
    assert ["n’est pas faite" in row.text for row in rows] == [False, False, True, True]
    actions.progress_action(actor=cast.member, action=action, to=ActionStatus.IN_PROGRESS)
    actions.progress_action(actor=cast.member, action=action, to=ActionStatus.DONE, evidence="Fait")
    assert told(due_on + timedelta(days=30)) == []


def test_three_days_before_the_end_those_who_said_nothing_are_told_of_the_minutes(cast):
    meeting = MeetingFactory(starts_at=timezone.now() - timedelta(days=9))
    seat = SeatFactory(committee=meeting.committee)
    MandateFactory(seat=seat, user=cast.member)
    MandateFactory(seat=SeatFactory(committee=meeting.committee), user=cast.owner)
    today = timezone.localdate()
    circulated = Minutes.objects.create(
        meeting=meeting,
        status=MinutesStatus.CIRCULATED,
        text="Relevé",
        circulated_at=timezone.now(),
        objections_until=today + timedelta(days=8),
    )
    minutes.remark(actor=cast.owner, minutes=circulated, text="Il manque un nom.")
    assert told(today + timedelta(days=4)) == []
    assert told(today + timedelta(days=5)) == [("objections_ending", "Maxime")]
    assert told(today + timedelta(days=6)) == []


def test_minutes_circulated_for_two_days_only_are_not_reminded_of_the_same_day(cast):
    meeting = MeetingFactory(starts_at=timezone.now() - timedelta(days=9))
    MandateFactory(seat=SeatFactory(committee=meeting.committee), user=cast.member)
    today = timezone.localdate()
    Minutes.objects.create(
        meeting=meeting,
        status=MinutesStatus.CIRCULATED,
        text="Relevé",
        circulated_at=timezone.now(),
        objections_until=today + timedelta(days=2),
    )
    assert told(today) == []
    assert told(today + timedelta(days=1)) == [("objections_ending", "Maxime")]
