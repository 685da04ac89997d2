"""A decision is corrected or withdrawn only by a later one that names it; what it changed follows."""

from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from governance.enums import Effect, ItemKind, Outcome
from governance.errors import CorrectionRefused
from governance.models import Decision
from governance.services import corrections, decisions
from partners.models import Message
from projects.enums import AgreementStatus, ProjectStatus, SeriesStatus, SignatureState
from projects.services.reversals import NotReversible
from tests.api import call
from tests.factories.governance import AgendaItemFactory, CommitteeFactory, MeetingFactory
from tests.factories.projects import (
    AgreementFactory,
    MilestoneFactory,
    PartyFactory,
    ProjectFactory,
    ReportFactory,
    SeriesFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee():
    return CommitteeFactory()


@pytest.fixture
def decide(cast, committee):
    """Takes one decision at a meeting of its own."""

    def decide(kind=ItemKind.OTHER, outcome=Outcome.APPROVED, **about):
        meeting = MeetingFactory(committee=committee, in_session=True)
        item = AgendaItemFactory(
            meeting=meeting, kind=kind, proposed_decision_fr="Le comité approuve.", **about
        )
        decisions.record_outcome(actor=cast.secretary, item=item, outcome=outcome)
        return decisions.close_meeting(actor=cast.secretary, meeting=meeting)[0]

    return decide


@pytest.fixture
def replace(cast, committee):
    """Puts a correction or a withdrawal on an agenda, decides on it and closes."""

    def replace(decision, *, withdraws, outcome=Outcome.APPROVED):
        meeting = MeetingFactory(committee=committee, in_session=True)
        item = corrections.propose(
            actor=cast.secretary, decision=decision, meeting=meeting, withdraws=withdraws,
            title={"fr": "Suite"}, wording={"fr": "Le comité rectifie."}, late_reason="Erreur relevée.",
        )  # fmt: skip
        decisions.record_outcome(actor=cast.secretary, item=item, outcome=outcome)
        return decisions.close_meeting(actor=cast.secretary, meeting=meeting)[0]

    return replace


@pytest.fixture
def approval(cast, decide):
    series = SeriesFactory(submitted=True)
    project = ProjectFactory(proposed=True, series=series, lead=cast.partner_a)
    MilestoneFactory(project=project, baseline_frozen_on=None)
    return decide(ItemKind.APPROVE_SERIES, effect=Effect.APPROVE_SERIES, series=series)


def test_a_withdrawn_approval_leaves_the_portfolio_as_it_was_and_both_stay_readable(
    cast, approval, replace
):
    cast.manager  # noqa: B018 (is told of it)
    later = replace(approval, withdraws=True)
    series, (project,) = approval.series, approval.series.projects.all()
    series.refresh_from_db()
    assert (series.status, series.approved_on) == (SeriesStatus.SUBMITTED, None)
    assert (project.status, project.approved_on) == (ProjectStatus.PROPOSED, None)
    assert project.milestones.get().baseline_frozen_on is None
    public = Client()
    assert public.get(f"/fr/projets/{project.slug}/").status_code == 404
    for one, other, words in (
        (approval, later, "Retirée par la"),
        (later, approval, "Retire la"),
    ):
        page = public.get(one.get_absolute_url()).content.decode()
        assert words in page
        assert other.get_absolute_url() in page
        assert series.get_absolute_url() not in page
    call_command("verify_decisions")
    (told,) = Message.objects.filter(kind="decision_corrected")
    assert told.recipient == cast.manager
    assert approval.reference in told.subject


def test_a_withdrawn_series_can_be_approved_again(approval, replace, decide):
    replace(approval, withdraws=True)
    series = approval.series
    again = decide(ItemKind.APPROVE_SERIES, effect=Effect.APPROVE_SERIES, series=series)
    assert series.decisions.approving_series().standing().get() == again
    assert series.projects.get().status == ProjectStatus.APPROVED
    call_command("verify_decisions")


def test_a_correction_takes_the_place_of_the_decision_and_changes_nothing_twice(approval, replace):
    later = replace(approval, withdraws=False)
    series = approval.series
    assert series.decisions.approving_series().standing().get() == later
    series.refresh_from_db()
    assert (series.status, series.approved_on) == (SeriesStatus.APPROVED, approval.decided_on)
    project = Client().get(f"/fr/projets/{series.projects.get().slug}/").content.decode()
    assert later.reference in project
    listed = Client().get("/fr/decisions/").content.decode()
    assert "Corrigée par la" in listed
    call_command("verify_decisions")


@pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.POSTPONED, Outcome.NOTED])
def test_a_correction_the_committee_does_not_approve_corrects_nothing(approval, replace, outcome):
    later = replace(approval, withdraws=True, outcome=outcome)
    approval.series.refresh_from_db()
    assert approval.series.status == SeriesStatus.APPROVED
    assert (later.corrects, later.withdraws, later.effect) == (None, False, Effect.NONE)
    assert Decision.objects.standing().filter(pk=approval.pk).exists()


def test_a_correction_of_a_refusal_can_approve(replace, decide):
    series = SeriesFactory(submitted=True)
    ProjectFactory(proposed=True, series=series)
    refused = decide(
        ItemKind.APPROVE_SERIES, Outcome.REJECTED, effect=Effect.APPROVE_SERIES, series=series
    )
    replace(refused, withdraws=False)
    series.refresh_from_db()
    assert series.status == SeriesStatus.APPROVED
    call_command("verify_decisions")


def test_an_approval_is_not_withdrawn_once_a_project_has_begun(cast, approval, replace):
    project = approval.series.projects.get()
    ReportFactory(project=project, draft=True)
    with pytest.raises(NotReversible, match=project.title):
        replace(approval, withdraws=True)
    assert Decision.objects.count() == 1


def test_a_withdrawn_agreement_is_a_draft_again_unless_someone_signed(decide, replace):
    def approved():
        agreement = AgreementFactory(draft=True)
        party = PartyFactory(
            agreement=agreement, signature=SignatureState.NOT_ASKED, waiting_since=None
        )
        decision = decide(
            ItemKind.APPROVE_AGREEMENT, effect=Effect.APPROVE_AGREEMENT, agreement=agreement
        )
        party.refresh_from_db()
        assert party.signature == SignatureState.WAITING
        return decision, agreement, party

    decision, agreement, party = approved()
    replace(decision, withdraws=True)
    agreement.refresh_from_db()
    party.refresh_from_db()
    assert (agreement.status, party.signature) == (
        AgreementStatus.DRAFT,
        SignatureState.NOT_ASKED,
    )
    decision, agreement, party = approved()
    PartyFactory(agreement=agreement, signed=True)
    with pytest.raises(NotReversible):
        replace(decision, withdraws=True)


@pytest.mark.parametrize(
    ("effect", "before"),
    [
        (Effect.SUSPEND_PROJECT, ProjectStatus.APPROVED),
        (Effect.RESUME_PROJECT, ProjectStatus.SUSPENDED),
        (Effect.COMPLETE_PROJECT, ProjectStatus.IN_PROGRESS),
        (Effect.CANCEL_PROJECT, ProjectStatus.SUSPENDED),
    ],
)
def test_a_project_is_in_the_state_the_withdrawn_decision_found(decide, replace, effect, before):
    project = ProjectFactory(status=before, status_since=date(2026, 3, 1))
    decision = decide(effect=effect, project=project)
    replace(decision, withdraws=True)
    project.refresh_from_db()
    assert (project.status, project.status_since) == (before, date(2026, 3, 1))


def test_a_state_that_a_later_decision_changed_is_not_given_back(decide, replace):
    project = ProjectFactory()
    suspension = decide(effect=Effect.SUSPEND_PROJECT, project=project)
    decide(effect=Effect.COMPLETE_PROJECT, project=project)
    with pytest.raises(NotReversible):
        replace(suspension, withdraws=True)


def test_reference_dates_are_given_back_and_a_correction_takes_the_new_forecasts(decide, replace):
    milestone = MilestoneFactory(baseline_on=date(2026, 9, 28), forecast_on=date(2027, 1, 31))
    first = decide(effect=Effect.REBASELINE_PROJECT, project=milestone.project)
    milestone.refresh_from_db()
    assert milestone.baseline_on == date(2027, 1, 31)
    type(milestone).objects.filter(pk=milestone.pk).update(forecast_on=date(2027, 3, 31))
    second = replace(first, withdraws=False)
    milestone.refresh_from_db()
    assert milestone.baseline_on == date(2027, 3, 31)
    replace(second, withdraws=True)
    milestone.refresh_from_db()
    assert (milestone.baseline_on, milestone.baseline_version) == (date(2026, 9, 28), 4)


def test_a_decision_is_replaced_once_and_by_its_own_committee(cast, approval, replace):
    replace(approval, withdraws=False)
    with pytest.raises(CorrectionRefused):
        replace(approval, withdraws=True)
    other = MeetingFactory()
    last = Decision.objects.order_by("-pk")[0]
    with pytest.raises(CorrectionRefused):
        corrections.propose(
            actor=cast.secretary, decision=last, meeting=other, withdraws=True, title={"fr": "T"},
            wording={"fr": "T"},
        )  # fmt: skip


def test_a_withdrawal_and_the_approval_of_minutes_are_not_withdrawn(approval, replace, decide):
    with pytest.raises(NotReversible):
        replace(replace(approval, withdraws=True), withdraws=True)
    with pytest.raises(NotReversible):
        replace(decide(ItemKind.APPROVE_MINUTES, effect=Effect.APPROVE_MINUTES), withdraws=True)


class TestByThePage:
    def url(self, decision):
        with translation.override("fr"):
            return reverse(
                "governance:decision_correct", args=[decision.committee.slug, decision.reference]
            )

    def test_the_secretariat_puts_a_withdrawal_on_an_agenda(self, cast, as_user, approval):
        meeting = MeetingFactory(committee=approval.committee)
        client = as_user(cast.secretary)
        assert self.url(approval) in client.get(approval.get_absolute_url()).content.decode()
        sent = {
            "what": "withdraw", "meeting": meeting.pk, "title_fr": "Retrait", "wording_fr": "Le comité retire.",
        }  # fmt: skip
        assert client.post(self.url(approval), sent).status_code == 302
        item = meeting.agenda.get()
        assert (item.corrects, item.withdraws, item.effect) == (approval, True, Effect.WITHDRAW)
        page = client.get(approval.get_absolute_url()).content.decode()
        assert meeting.get_absolute_url() in page
        again = client.post(self.url(approval), sent)
        assert again.status_code == 422
        assert "Retrait" in again.content.decode()
        edited = {
            "kind": "other", "title_fr": "Retrait revu", "minutes": 5, "revision": item.revision, "effect": "none",
        }  # fmt: skip
        client.post(reverse("governance:item_edit", args=[meeting.code, item.pk]), edited)
        item.refresh_from_db()
        assert (item.title_fr, item.effect, item.series) == (
            "Retrait revu",
            Effect.WITHDRAW,
            approval.series,
        )

    def test_a_meeting_that_has_begun_asks_why_it_is_late_beside_the_field(
        self, cast, as_user, approval
    ):
        meeting = MeetingFactory(committee=approval.committee, in_session=True)
        sent = {
            "what": "correct", "meeting": meeting.pk, "title_fr": "Correction", "wording_fr": "Le comité corrige.",
        }  # fmt: skip
        answer = as_user(cast.secretary).post(self.url(approval), sent)
        assert answer.status_code == 422
        assert answer.context["form"].errors["late_reason"]

    def test_nobody_else_is_offered_it(self, cast, as_user, approval):
        assert self.url(approval) not in Client().get(approval.get_absolute_url()).content.decode()
        assert as_user(cast.owner).get(self.url(approval)).status_code == 403


def test_the_api_proposes_a_correction_of_the_version_it_names(cast, approval):
    meeting = MeetingFactory(committee=approval.committee)
    seen = call(f"decisions/{approval.pk}/", user=cast.secretary)
    assert seen.json()["abilities"] == {"correct": True}
    assert call(f"decisions/{approval.pk}/").json()["abilities"] == {"correct": False}
    data = {
        "meeting": meeting.code, "withdraws": True, "title": {"fr": "Retrait"}, "wording": {"fr": "Le comité retire."},
    }  # fmt: skip
    address = f"decisions/{approval.pk}/correct"
    assert call(address, user=cast.secretary, method="post", data=data).status_code == 428
    tag = seen["ETag"]
    made = call(address, user=cast.secretary, method="post", data=data, if_match=tag)
    assert made.status_code == 201, made.json()
    assert made.json()["corrects"]["id"] == approval.pk
    again = call(address, user=cast.secretary, method="post", data=data, if_match=tag)
    assert (again.status_code, again.json()["code"]) == (409, "correction_refused")
    assert call(address, user=cast.owner, method="post", data=data, if_match="*").status_code == 403


def test_a_project_and_its_series_show_every_decision_that_made_them(approval, decide, replace):
    project = approval.series.projects.get()
    suspension = decide(
        effect=Effect.SUSPEND_PROJECT, project=project, title_fr="Suspension du projet"
    )
    later = replace(suspension, withdraws=True)
    shown = Client().get(f"/fr/projets/{project.slug}/").content.decode()
    for decision in (approval, suspension, later):
        assert decision.get_absolute_url() in shown
    correction = replace(approval, withdraws=False)
    series = Client().get(f"/fr/series/{approval.series.slug}/").content.decode()
    assert approval.get_absolute_url() in series
    assert correction.get_absolute_url() in series


def test_the_register_is_searched_by_french_words_and_its_files_hold_what_was_found(decide):
    decide(title_fr="Électrification des quais")
    decide(title_fr="Formation des équipes", outcome=Outcome.NOTED)
    client = Client()
    found = client.get("/fr/decisions/", {"q": "électrification quai"}).content.decode()
    assert "Électrification" in found and "Formation" not in found
    assert "decisions.csv?q=" in found
    file = client.get("/open-data/decisions.csv", {"q": "electrification"})
    text = b"".join(file.streaming_content).decode()
    assert "Électrification" in text and "Formation" not in text
    none = client.get("/fr/decisions/", {"effect": "approve_series"}).content.decode()
    assert "Électrification" not in none


def test_closing_while_an_item_is_undecided_says_which_and_links_to_it(cast, as_user, committee):
    meeting = MeetingFactory(committee=committee, in_session=True)
    item = AgendaItemFactory(meeting=meeting, title_fr="Budget 2027")
    client = as_user(cast.secretary)
    refused = client.post(reverse("governance:meeting_close", args=[meeting.code]))
    assert refused.status_code == 409
    page = refused.content.decode().partition("La séance n’est pas close")[2]
    link = reverse("governance:item_outcome", args=[meeting.code, item.pk])
    assert link in page.partition("</ul>")[0]
    assert "Budget 2027" in page.partition("</ul>")[0]
    meeting.refresh_from_db()
    assert meeting.status == "in_session"
