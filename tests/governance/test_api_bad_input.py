"""What a committee must not do is refused by the API as on the pages: in plain words, and nothing has changed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.models import AgendaItem, Attendance, Decision, Meeting, Proxy, Vote
from governance.services import attendance, decisions, meetings
from tests.api import call
from tests.factories import governance as g
from tests.factories.projects import SeriesFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


class Scene:
    """A meeting in session: one member in the room, two at home, one whose mandate ended; two items, one decided."""

    def __init__(self, cast):
        self.office = cast.secretary
        self.committee = g.CommitteeFactory(proxies_per_holder=1)
        seats = [g.SeatFactory(committee=self.committee) for _n in range(4)]
        self.here, self.away, self.third, self.former = (
            g.MandateFactory(seat=seat) for seat in seats
        )
        self.meeting = g.MeetingFactory(committee=self.committee)
        self.decided, self.open = g.AgendaItemFactory.create_batch(2, meeting=self.meeting)
        meetings.summon(actor=self.office, meeting=self.meeting)
        meetings.open_meeting(actor=self.office, meeting=self.meeting)
        self.former.end = TODAY() - timedelta(days=1)
        self.former.save()
        attendance.arrive(actor=self.office, meeting=self.meeting, user=self.here.user)
        decisions.record_outcome(actor=self.office, item=self.decided, outcome="noted")

    def change(self, path, verb="", *, of="", method="post", by=None, **data):
        person = by or self.office
        tag = call(f"{path}{of}", user=person)["ETag"]
        return call(f"{path}{verb}", user=person, method=method, data=data, if_match=tag)

    def in_room(self, verb, **data):
        return self.change(f"meetings/{self.meeting.pk}/", verb, of="room", **data)

    def decide(self, item, **data):
        tag = call(f"agenda-items/{item.pk}/", user=self.office)["ETag"]
        data = {"item": item.pk, "outcome": "approved", **data}
        return call("decisions/", user=self.office, method="post", data=data, if_match=tag)

    def add(self, meeting=None, **data):
        meeting = meeting or self.meeting
        data = {"meeting": meeting.code, "kind": "other", "title": {"fr": "Point"}, **data}
        return call("agenda-items/", user=self.office, method="post", data=data)


# Each gives the request that is to be refused.
def expired_mandate_arrives(scene):
    return lambda: scene.in_room("arrive", person=scene.former.user_id)


def expired_mandate_votes(scene):
    vote = [{"seat": scene.former.seat_id, "choice": "for"}]
    return lambda: scene.decide(scene.open, vote_mode="roll_call", votes=vote)


def expired_mandate_answers(scene):
    written = g.MeetingFactory(
        committee=scene.committee, kind="written", answers_due_on=TODAY() + timedelta(days=9)
    )
    item = g.AgendaItemFactory(meeting=written)
    scene.former.end = None
    scene.former.save()
    meetings.summon(actor=scene.office, meeting=written)
    scene.former.end = TODAY() - timedelta(days=1)
    scene.former.save()
    answers = [{"item": item.pk, "choice": "for"}]
    return lambda: scene.change(
        f"meetings/{written.pk}/", "answers", of="answers", by=scene.former.user,
        seat=scene.former.seat_id, answers=answers,
    )  # fmt: skip


def proxy_to_someone_absent(scene):
    return lambda: scene.in_room("give-proxy", seat=scene.away.seat_id, holder=scene.third.user_id)


def two_proxies_to_one_holder(scene):
    giver, holder = scene.away, scene.here
    attendance.give_proxy(
        actor=scene.office,
        meeting=scene.meeting,
        seat=giver.seat,
        giver=giver.user,
        holder=holder.user,
    )
    return lambda: scene.in_room("give-proxy", seat=scene.third.seat_id, holder=scene.here.user_id)


def closing_with_an_item_undecided(scene):
    return lambda: scene.change(f"meetings/{scene.meeting.pk}/", "close")


def deciding_before_the_session(scene):
    item = g.AgendaItemFactory(meeting=g.MeetingFactory(committee=scene.committee, summoned=True))
    return lambda: scene.decide(item)


def deciding_off_the_agenda(scene):
    return lambda: scene.add()


def adding_late_without_a_reason_after_the_summons(scene):
    summoned = g.MeetingFactory(committee=scene.committee, summoned=True)
    return lambda: scene.add(summoned)


def changing_an_item_after_the_session_began(scene):
    return lambda: scene.change(
        f"agenda-items/{scene.open.pk}/", method="patch", title={"fr": "Un autre sujet"}
    )


def reordering_after_the_session_began(scene):
    items = [scene.open.pk, scene.decided.pk]
    return lambda: scene.change(f"meetings/{scene.meeting.pk}/", "order", items=items)


def approving_an_approved_series(scene):
    code, planned = SeriesFactory().code, g.MeetingFactory(committee=scene.committee)
    return lambda: scene.add(planned, kind="approve_series", series=code)


def cancelling_a_meeting_with_decisions(scene):
    return lambda: scene.change(f"meetings/{scene.meeting.pk}/", "cancel", reason="Grève")


def approving_with_conditions_that_nobody_wrote(scene):
    return lambda: scene.decide(scene.open, outcome="approved_with_conditions", conditions="  ")


CASES = [
    (approving_with_conditions_that_nobody_wrote, 400, "conditions_missing"),
    (expired_mandate_arrives, 409, "mandate_expired"),
    (expired_mandate_votes, 409, "vote_refused"),
    (expired_mandate_answers, 409, "mandate_expired"),
    (proxy_to_someone_absent, 409, "proxy_refused"),
    (two_proxies_to_one_holder, 409, "proxy_refused"),
    (closing_with_an_item_undecided, 409, "items_undecided"),
    (deciding_before_the_session, 409, "off_the_agenda"),
    (deciding_off_the_agenda, 409, "agenda_closed"),
    (adding_late_without_a_reason_after_the_summons, 400, "late_reason_missing"),
    (changing_an_item_after_the_session_began, 409, "agenda_closed"),
    (reordering_after_the_session_began, 409, "agenda_closed"),
    (approving_an_approved_series, 409, "already_approved"),
    (cancelling_a_meeting_with_decisions, 409, "meeting_has_decisions"),
]


def standing():
    """What a refusal leaves as it was."""
    return [
        list(model.objects.order_by("pk").values()) for model in (Attendance, Decision, Proxy, Vote)
    ] + [
        list(AgendaItem.objects.order_by("pk").values("pk", "position", "title_fr", "outcome")),
        list(Meeting.objects.order_by("pk").values("pk", "status")),
    ]


@pytest.mark.parametrize(
    ("attempt", "status", "code"), CASES, ids=lambda one: getattr(one, "__name__", "")
)
def test_bad_input_is_refused_with_what_to_do_next(cast, attempt, status, code):
    ask = attempt(Scene(cast))
    before = standing()
    answer = ask()
    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, code), told
    assert answer["Content-Type"] == "application/problem+json"
    assert told["detail"] and told["remedy"]
    assert standing() == before


def test_closing_twice_numbers_once(cast):
    scene = Scene(cast)
    assert scene.decide(scene.open).status_code == 202
    path = f"meetings/{scene.meeting.pk}/"
    assert [scene.change(path, "close").status_code for _n in range(2)] == [200, 200]
    assert list(Decision.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    again = scene.decide(scene.open)
    assert (again.status_code, again.json()["code"]) == (409, "off_the_agenda")
