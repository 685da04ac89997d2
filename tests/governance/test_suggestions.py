"""The agenda drafts itself: each suggestion comes from the committee's data and is taken with one click."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from governance.enums import ItemKind, Outcome
from governance.errors import SuggestionGone
from governance.services import suggestions
from projects.enums import Health
from tests.factories.governance import (
    ActionFactory,
    AgendaItemFactory,
    CommitteeFactory,
    MeetingFactory,
)
from tests.factories.projects import AgreementFactory, ProjectFactory, ReportFactory, SeriesFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee():
    return CommitteeFactory()


@pytest.fixture
def before(committee):
    return MeetingFactory(
        committee=committee,
        status="closed",
        starts_at=timezone.now() - timedelta(days=60),
        held_at=timezone.now() - timedelta(days=60),
        closed_at=timezone.now() - timedelta(days=60),
    )


@pytest.fixture
def meeting(committee, before):
    return MeetingFactory(committee=committee, previous=before)


def keys(meeting):
    return [one.key for one in suggestions.suggestions_for(meeting)]


def take(cast, meeting, key):
    return suggestions.take(actor=cast.secretary, meeting=meeting, key=key)


def test_the_first_items_are_the_previous_minutes_and_the_open_actions(cast, meeting):
    ActionFactory(committee=meeting.committee)
    AgendaItemFactory(meeting=meeting, title_fr="Divers")
    assert keys(meeting) == ["minutes", "actions"]
    minutes = take(cast, meeting, "minutes")
    actions = take(cast, meeting, "actions")
    assert (minutes.position, actions.position) == (1, 2)
    assert minutes.kind == ItemKind.APPROVE_MINUTES
    assert minutes.effect == "approve_minutes"
    assert keys(meeting) == []


def test_a_first_meeting_has_no_minutes_to_approve(committee):
    assert keys(MeetingFactory(committee=committee)) == []


def test_a_submitted_series_is_suggested_until_it_is_on_the_agenda(cast, as_user, meeting):
    series = SeriesFactory(submitted=True)
    SeriesFactory()
    url = reverse("governance:suggestion_take", args=[meeting.code])
    client = as_user(cast.secretary)
    assert str(series) in client.get(meeting.get_absolute_url()).content.decode()
    client.post(url, {"key": f"series-{series.pk}"})
    client.post(url, {"key": f"series-{series.pk}"})
    item = meeting.agenda.get()
    assert (item.series, item.effect) == (series, "approve_series")
    assert item.title_fr == series.title_fr
    assert item.proposed_decision_fr and item.proposed_decision_en
    assert item.proposed_decision_fr != item.proposed_decision_en


def test_a_suggestion_taken_twice_is_refused_in_words(cast, meeting):
    series = SeriesFactory(submitted=True)
    take(cast, meeting, f"series-{series.pk}")
    with pytest.raises(SuggestionGone):
        take(cast, meeting, f"series-{series.pk}")


def test_draft_agreements_wait_for_the_committee(meeting):
    agreement = AgreementFactory(draft=True)
    AgreementFactory(in_force=True)
    assert f"agreement-{agreement.pk}" in keys(meeting)
    assert sum(key.startswith("agreement-") for key in keys(meeting)) == 1


def test_stormy_and_late_projects_are_suggested_once_each(meeting):
    stormy = ProjectFactory()
    ReportFactory(project=stormy, accepted=True)
    report = ReportFactory(project=ProjectFactory(), draft=True)
    type(report).objects.filter(pk=report.pk).update(
        due_on=timezone.localdate() - timedelta(days=3)
    )
    stormy.latest_report = stormy.reports.get()
    stormy.health, stormy.reported_on = Health.STORMY, timezone.localdate()
    stormy.save()
    found = [key for key in keys(meeting) if key.startswith(("weather", "late"))]
    assert found == [f"weather-{stormy.pk}", f"late-{report.project_id}"]


def test_a_postponed_item_carries_over_with_its_wording_once(cast, meeting, before):
    old = AgendaItemFactory(
        meeting=before,
        title_fr="Règlement intérieur",
        proposed_decision_fr="Le règlement est adopté.",
        outcome=Outcome.POSTPONED,
        taken_at=before.held_at,
    )
    item = take(cast, meeting, f"item-{old.pk}")
    assert item.carried_from == old
    assert item.proposed_decision_fr == "Le règlement est adopté."
    assert item.outcome == ""
    assert f"item-{old.pk}" not in keys(meeting)


def test_demonstration_rows_are_not_suggested_to_a_real_committee(meeting):
    SeriesFactory(submitted=True, code="DEMO-S9")
    assert keys(meeting) == ["minutes"]


def test_members_are_shown_no_suggestion_and_cannot_take_one(cast, as_user, meeting):
    url = reverse("governance:suggestion_take", args=[meeting.code])
    assert as_user(cast.member).post(url, {"key": "minutes"}).status_code == 403


def test_the_next_meeting_starts_from_the_previous_one(cast, as_user, before):
    CommitteeFactory(code="AAA")
    before.place_fr = "Hôtel du Port"
    before.save()
    response = as_user(cast.secretary).get(
        reverse("governance:meeting_create") + f"?after={before.code}"
    )
    form = response.context["form"]
    assert form["place_fr"].value() == "Hôtel du Port"
    assert form["committee"].value() == before.committee.pk
    assert form["title_fr"].value() in (None, "")


def test_more_suggestions_ask_no_more_queries(meeting):
    SeriesFactory(submitted=True)
    with CaptureQueriesContext(connection) as few:
        suggestions.suggestions_for(meeting)
    for _n in range(5):
        SeriesFactory(submitted=True)
        AgreementFactory(draft=True)
        AgendaItemFactory(meeting=meeting)
    with CaptureQueriesContext(connection) as many:
        suggestions.suggestions_for(meeting)
    assert len(many) <= len(few)
