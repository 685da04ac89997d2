"""The secretariat prepares, holds and closes a meeting in its pages; decisions act once."""

from datetime import date

import pytest
from django.db import InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from governance.enums import ItemKind, MeetingStatus, Outcome
from governance.errors import ItemsUndecided
from governance.models import Decision, Meeting
from governance.services import agenda, decisions, meetings, snapshots
from governance.services.drafting import draft_text
from governance.typesetting.present import present
from projects.enums import ProjectStatus, SeriesStatus
from projects.models import Project
from tests.factories.governance import (
    AgendaItemFactory,
    CommitteeFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
)
from tests.factories.projects import ProjectFactory, SeriesFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted_series():
    series = SeriesFactory(submitted=True)
    ProjectFactory(series=series, status=ProjectStatus.PROPOSED, approved_on=None)
    return series


@pytest.fixture
def meeting(submitted_series):
    meeting = MeetingFactory(in_session=True)
    AgendaItemFactory(
        meeting=meeting,
        kind=ItemKind.APPROVE_SERIES,
        effect="approve_series",
        series=submitted_series,
        proposed_decision_fr="La série est approuvée.",
    )
    return meeting


def test_the_secretariat_prepares_a_meeting_and_its_agenda_in_the_browser(
    cast, as_user, submitted_series
):
    committee = CommitteeFactory()
    client = as_user(cast.secretary)
    response = client.post(
        reverse("governance:meeting_create"),
        {
            "committee": committee.pk,
            "kind": "ordinary",
            "day": "2027-02-10",
            "begins": "09:00",
            "ends": "11:00",
        },
        follow=True,
    )
    meeting = Meeting.objects.get()
    assert response.redirect_chain[-1][0] == meeting.get_absolute_url()
    response = client.post(
        reverse("governance:item_create", args=[meeting.code]),
        {
            "kind": "approve_series",
            "title_fr": "Approbation de la série",
            "series": submitted_series.pk,
            "effect": "none",
            "minutes": 20,
        },
        follow=True,
    )
    assert "Approbation de la série" in response.content.decode()
    assert meeting.agenda.get().effect == "approve_series"


def test_a_meeting_that_ends_before_it_begins_is_refused_beside_the_field(cast, as_user):
    committee = CommitteeFactory()
    data = {
        "committee": committee.pk,
        "kind": "ordinary",
        "day": "2027-02-10",
        "begins": "11:00",
        "ends": "09:00",
    }
    response = as_user(cast.secretary).post(reverse("governance:meeting_create"), data)
    assert response.status_code == 422
    assert response.context["form"].errors["ends"]
    assert 'value="11:00"' in response.content.decode()
    in_antiquity = data | {"day": "0202-02-10", "ends": ""}
    response = as_user(cast.secretary).post(reverse("governance:meeting_create"), in_antiquity)
    assert response.context["form"].errors["day"]


def test_approving_a_series_without_naming_it_is_refused_beside_the_field(cast, as_user):
    meeting = MeetingFactory()
    response = as_user(cast.secretary).post(
        reverse("governance:item_create", args=[meeting.code]),
        {"kind": "approve_series", "title_fr": "Sans objet", "effect": "none", "minutes": 5},
    )
    assert response.status_code == 422
    assert response.context["form"].errors["series"]


def test_closing_numbers_the_decision_and_approves_the_series_and_its_projects(
    cast, meeting, submitted_series
):
    item = meeting.agenda.get()
    decisions.record_outcome(actor=cast.secretary, item=item, outcome=Outcome.APPROVED)
    assert not Project.objects.public().exists()
    (decision,) = decisions.close_meeting(actor=cast.secretary, meeting=meeting)
    submitted_series.refresh_from_db()
    assert decision.reference == f"{meeting.day.year}-001"
    assert decision.text_fr == "La série est approuvée."
    assert submitted_series.status == SeriesStatus.APPROVED
    assert submitted_series.approved_on == meeting.day
    assert Project.objects.public().get().approved_on == meeting.day


def test_closing_twice_changes_nothing(cast, meeting):
    decisions.record_outcome(
        actor=cast.secretary, item=meeting.agenda.get(), outcome=Outcome.APPROVED
    )
    first = decisions.close_meeting(actor=cast.secretary, meeting=meeting)
    again = decisions.close_meeting(actor=cast.secretary, meeting=meeting)
    assert [d.pk for d in first] == [d.pk for d in again]
    assert Decision.objects.count() == 1


def test_a_meeting_does_not_close_while_an_item_has_no_outcome_and_says_which(cast, meeting):
    with pytest.raises(ItemsUndecided) as refused:
        decisions.close_meeting(actor=cast.secretary, meeting=meeting)
    assert meeting.agenda.get().title in str(refused.value)
    meeting.refresh_from_db()
    assert meeting.status == MeetingStatus.IN_SESSION


def test_a_rejected_series_stays_submitted(cast, meeting, submitted_series):
    decisions.record_outcome(
        actor=cast.secretary, item=meeting.agenda.get(), outcome=Outcome.REJECTED
    )
    decisions.close_meeting(actor=cast.secretary, meeting=meeting)
    submitted_series.refresh_from_db()
    assert submitted_series.status == SeriesStatus.SUBMITTED


def test_a_decision_never_changes_in_the_database(cast, meeting):
    decisions.record_outcome(
        actor=cast.secretary, item=meeting.agenda.get(), outcome=Outcome.APPROVED
    )
    (decision,) = decisions.close_meeting(actor=cast.secretary, meeting=meeting)
    with pytest.raises(InternalError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(decided_on=date(2000, 1, 1))
    with pytest.raises(InternalError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).delete()


def test_items_keep_positions_without_gaps_when_moved_and_removed(cast):
    meeting = MeetingFactory()
    one, two, three = (AgendaItemFactory(meeting=meeting) for _n in range(3))
    agenda.move_item(actor=cast.secretary, item=three, to=1)
    assert list(meeting.agenda.values_list("pk", flat=True)) == [three.pk, one.pk, two.pk]
    one.refresh_from_db()
    agenda.remove_item(actor=cast.secretary, item=one)
    assert list(meeting.agenda.values_list("position", flat=True)) == [1, 2]


def test_a_stranger_gets_404_for_a_meeting_and_a_member_reads_it_once_summoned(cast, as_user):
    meeting = MeetingFactory()
    MandateFactory(user=cast.member, seat=SeatFactory(committee=meeting.committee))
    url = meeting.get_absolute_url()
    assert as_user(cast.stranger).get(url).status_code == 404
    assert as_user(cast.member).get(url).status_code == 404
    meetings.summon(actor=cast.secretary, meeting=meeting)
    assert as_user(cast.member).get(url).status_code == 200
    assert as_user(cast.stranger).get(url).status_code == 404


def test_a_member_may_not_change_the_agenda(cast, as_user):
    meeting = MeetingFactory(summoned=True)
    MandateFactory(user=cast.member, seat=SeatFactory(committee=meeting.committee))
    assert (
        as_user(cast.member).get(reverse("governance:item_create", args=[meeting.code])).status_code
        == 403
    )


def test_the_public_register_shows_the_decision_and_hides_a_confidential_one(
    cast, as_user, meeting
):
    AgendaItemFactory(meeting=meeting, title_fr="Secret", confidential=True)
    for item in meeting.agenda.all():
        decisions.record_outcome(actor=cast.secretary, item=item, outcome=Outcome.APPROVED)
    public, secret = decisions.close_meeting(actor=cast.secretary, meeting=meeting)
    page = as_user(cast.anonymous).get(reverse("governance:decision_list")).content.decode()
    assert public.reference in page
    assert "Secret" not in page
    assert as_user(cast.anonymous).get(public.get_absolute_url()).status_code == 200
    assert as_user(cast.anonymous).get(secret.get_absolute_url()).status_code == 404


def test_guests_sign_the_attendance_sheet_and_stand_in_the_minutes(cast, as_user, meeting):
    MandateFactory(seat=SeatFactory(committee=meeting.committee), user=cast.member)
    meeting.guests = "Ada Lovelace, Institut des nombres\n\n Paul Sans-Maison "
    meeting.save()
    sheet = snapshots.take_snapshot(
        meeting=meeting, audience="full", language="fr", version=1, prepared_at=timezone.now()
    )
    people = present(sheet, "fr")["attendance"]
    assert [(one["name"], one["partner"], one["capacity"]) for one in people[1:]] == [
        ("Ada Lovelace", "Institut des nombres", "Invité(e)"),
        ("Paul Sans-Maison", "", "Invité(e)"),
    ]
    minutes = draft_text(meeting)
    assert (
        "Invités\N{NO-BREAK SPACE}: Ada Lovelace (Institut des nombres), Paul Sans-Maison"
        in minutes
    )
    assert [person.name for person in sheet.summons.people] == [cast.member.get_full_name()]
