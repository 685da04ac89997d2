"""A committee decides on an amendment as on an agreement: it is opened for signature once, when the meeting closes."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.enums import Effect, ItemKind, Outcome
from governance.errors import AlreadyApproved, OnAgenda, SubjectMissing
from governance.models import AgendaItem, Decision
from governance.services import agenda, corrections, decisions, suggestions
from governance.services.snapshots import take_snapshot
from governance.typesetting.present import present
from partners.models import Message
from projects.enums import AgreementStatus, SignatureState
from projects.services import amendments, effects
from projects.services.effects import AgreementNotAmended
from projects.services.reversals import NotReversible
from tests.api import call
from tests.factories.governance import AgendaItemFactory, CommitteeFactory, MeetingFactory
from tests.factories.projects import (
    AgreementFactory,
    AmendmentFactory,
    ContributionFactory,
    PartyFactory,
    ProjectFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee():
    return CommitteeFactory()


@pytest.fixture
def meeting(committee):
    return MeetingFactory(committee=committee)


@pytest.fixture
def agreement():
    return AgreementFactory(in_force=True, code="CF-9", ends_on=date(2027, 12, 31))


@pytest.fixture
def amendment(cast, agreement):
    made = AmendmentFactory(
        agreement=agreement, title_fr="Un an de plus", new_ends_on=date(2028, 12, 31)
    )
    for partner in (cast.partner_a, cast.partner_b):
        PartyFactory(agreement=agreement, partner=partner, signed=True)
        PartyFactory(agreement=agreement, amendment=made, partner=partner, not_asked=True)
    return made


@pytest.fixture
def put(cast):
    def put(meeting, amendment, **more):
        fields = {
            "kind": ItemKind.APPROVE_AMENDMENT,
            "title_fr": amendment.title_fr,
            "proposed_decision_fr": "Le comité approuve l’avenant.",
            "amendment": amendment,
        }
        return agenda.add_item(actor=cast.secretary, meeting=meeting, **fields | more)

    return put


@pytest.fixture
def close(cast):
    def close(item, outcome=Outcome.APPROVED):
        meeting = item.meeting
        meeting.status, meeting.opened_at = "in_session", timezone.now()
        meeting.summoned_at = meeting.summoned_at or timezone.now()
        meeting.save()
        decisions.record_outcome(actor=cast.secretary, item=item, outcome=outcome)
        return decisions.close_meeting(actor=cast.secretary, meeting=meeting)[-1]

    return close


def suggested(meeting):
    found = suggestions.suggestions_for(meeting)
    return [one for one in found if one.key.startswith("amendment")]


def withdraw(cast, close, decision):
    meeting = MeetingFactory(committee=decision.committee)
    item = corrections.propose(
        actor=cast.secretary, decision=decision, meeting=meeting, withdraws=True,
        title={"fr": "Retrait"}, wording={"fr": "Le comité retire."},
    )  # fmt: skip
    return close(item)


def test_a_draft_amendment_is_suggested_and_taken_with_one_click(as_user, cast, meeting, amendment):
    AmendmentFactory(agreement=AgreementFactory(draft=True))
    AmendmentFactory(agreement=AgreementFactory(in_force=True, code="DEMO-K9"))
    (one,) = suggested(meeting)
    assert "Avenant 1 à" in one.why
    take = reverse("governance:suggestion_take", args=[meeting.code])
    as_user(cast.secretary).post(take, {"key": one.key})
    item = meeting.agenda.get()
    assert (item.kind, item.effect) == (ItemKind.APPROVE_AMENDMENT, Effect.APPROVE_AMENDMENT)
    assert (item.amendment, item.agreement) == (amendment, amendment.agreement)
    assert item.proposed_decision_fr == "Le comité approuve l’avenant et l’ouvre à la signature."
    assert suggested(meeting) == []
    page = as_user(cast.secretary).get(meeting.get_absolute_url()).content.decode()
    assert "Avenant 1 : Un an de plus".replace(" :", "\u00a0:") in page


def test_closing_opens_the_amendment_for_signature_once_and_asks_its_parties(
    cast, meeting, amendment, put, close
):
    cast.manager  # noqa: B018 (is asked to sign)
    decision = close(put(meeting, amendment))
    amendment.refresh_from_db()
    assert (amendment.status, amendment.approved_on) == ("signing", decision.decided_on)
    assert (decision.effect, decision.amendment) == (Effect.APPROVE_AMENDMENT, amendment)
    assert set(amendment.parties.values_list("signature", flat=True)) == {"waiting"}
    assert Message.objects.filter(kind="agreement_to_sign", recipient=cast.manager).count() == 1
    decisions.close_meeting(actor=cast.secretary, meeting=meeting)
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.POSTPONED, Outcome.NOTED])
def test_an_amendment_that_is_not_approved_stays_a_draft(
    meeting, committee, amendment, put, close, outcome
):
    close(put(meeting, amendment), outcome)
    amendment.refresh_from_db()
    assert amendment.status == AgreementStatus.DRAFT
    later = MeetingFactory(committee=committee, starts_at=meeting.starts_at + timedelta(days=90))
    again = [one.key.partition("-")[0] for one in suggestions.suggestions_for(later)]
    assert again.count("amendment") == 1
    assert again.count("item") == (outcome == Outcome.POSTPONED)


def test_what_is_signed_over_or_named_wrongly_is_refused_in_plain_words(
    cast, meeting, amendment, put
):
    other = AgreementFactory(in_force=True)
    with pytest.raises(SubjectMissing, match="une autre convention") as refusal:
        put(meeting, amendment, agreement=other)
    assert refusal.value.field == "amendment"
    with pytest.raises(SubjectMissing, match="séparément"):
        put(meeting, amendment, kind=ItemKind.APPROVE_AGREEMENT)
    with pytest.raises(SubjectMissing):
        agenda.add_item(
            actor=cast.secretary, meeting=meeting, kind=ItemKind.APPROVE_AMENDMENT, title_fr="Rien"
        )
    agreement = amendment.agreement
    agreement.status, agreement.ended_on = "ended", timezone.localdate()
    agreement.save()
    with pytest.raises(AgreementNotAmended, match="en vigueur"):
        put(meeting, amendment)
    agreement.status = "in_force"
    agreement.save()
    effects.approve_amendment(actor=cast.secretary, amendment=amendment, on=timezone.localdate())
    amendment.refresh_from_db()
    with pytest.raises(AlreadyApproved, match="Un an de plus"):
        put(meeting, amendment)
    assert not meeting.agenda.exists()


def test_an_amendment_stands_once_on_an_agenda_for_approval(meeting, amendment, put):
    first = put(meeting, amendment)
    with pytest.raises(OnAgenda, match="demande déjà") as refusal:
        put(meeting, amendment)
    assert refusal.value.field == "amendment"
    put(meeting, amendment, kind=ItemKind.INFORMATION)
    assert meeting.agenda.count() == 2 and first.effect == Effect.APPROVE_AMENDMENT


def test_deciding_twice_is_refused_at_closing_and_names_the_item(
    cast, committee, meeting, amendment, put, close
):
    second = put(MeetingFactory(committee=committee), amendment)
    close(put(meeting, amendment))
    with pytest.raises(effects.AlreadyApproved) as refusal:
        close(second)
    assert refusal.value.context["items"] == [second]
    assert Decision.objects.count() == 1


def test_an_agreement_that_ended_meanwhile_stops_the_closing(meeting, amendment, put, close):
    item = put(meeting, amendment)
    agreement = amendment.agreement
    agreement.status, agreement.ended_on = "ended", timezone.localdate()
    agreement.save()
    with pytest.raises(AgreementNotAmended):
        close(item)
    assert not Decision.objects.exists()


def test_the_page_of_the_agreement_names_the_decision_for_those_who_may_see_it(
    as_user, cast, meeting, amendment, put, close
):
    decision = close(put(meeting, amendment))
    address = amendment.agreement.get_absolute_url()
    told = f"décision {decision.reference}"
    assert told in as_user(cast.secretary).get(address).content.decode()
    assert told not in Client().get(address).content.decode()
    assert Client().get(decision.get_absolute_url()).status_code == 404
    page = as_user(cast.secretary).get(decision.get_absolute_url()).content.decode()
    assert f"{address}#amendment-1" in page
    assert "Avenant approuvé et ouvert à la signature" in page
    for party in amendment.parties.all():
        party.signature, party.signed_on = "signed", timezone.localdate()
        party.signatory, party.name_at_signature = "Ada", "Organisme"
        party.save()
    amendment.refresh_from_db()
    amendment.status, amendment.in_force_on = "in_force", timezone.localdate()
    amendment.save()
    assert told in Client().get(address).content.decode()
    assert "Un an de plus" in Client().get(decision.get_absolute_url()).content.decode()
    (row,) = json.loads(Client().get("/open-data/decisions.json").getvalue())["rows"]
    assert (row["agreement"], row["amendment"]) == ("CF-9", 1)
    told = call(f"decisions/{decision.pk}/").json()
    assert (told["agreement"]["code"], told["amendment"]) == ("CF-9", 1)
    found = Client().get("/fr/decisions/?effect=approve_amendment").content.decode()
    assert decision.reference in found


def test_a_withdrawn_decision_makes_the_amendment_a_draft_again_unless_someone_signed(
    cast, meeting, amendment, put, close
):
    decision = close(put(meeting, amendment))
    party = amendment.parties.order_by("pk").first()
    withdraw(cast, close, decision)
    amendment.refresh_from_db()
    party.refresh_from_db()
    assert (amendment.status, amendment.approved_on) == (AgreementStatus.DRAFT, None)
    assert (party.signature, party.waiting_since) == (SignatureState.NOT_ASKED, None)
    again = close(put(MeetingFactory(committee=meeting.committee), amendment))
    party.refresh_from_db()
    party.signature, party.signed_on = "signed", timezone.localdate()
    party.signatory, party.name_at_signature = "Ada", "Organisme"
    party.save()
    with pytest.raises(NotReversible, match="Un an de plus"):
        withdraw(cast, close, again)


def test_a_correction_keeps_what_is_in_force_and_names_the_same_amendment(
    cast, meeting, amendment, put, close
):
    decision = close(put(meeting, amendment))
    item = corrections.propose(
        actor=cast.secretary, decision=decision, withdraws=False, title={"fr": "Suite"},
        meeting=MeetingFactory(committee=meeting.committee), wording={"fr": "Le comité rectifie."},
    )  # fmt: skip
    assert (item.amendment, item.effect) == (amendment, Effect.APPROVE_AMENDMENT)
    later = close(item)
    given = amendment.decisions.approving_agreements().standing()
    assert given.get() == later
    amendment.refresh_from_db()
    assert amendment.approved_on == decision.decided_on


def test_an_agreement_is_not_reopened_under_an_amendment_being_signed(cast, meeting, put, close):
    agreement = AgreementFactory(draft=True)
    PartyFactory(agreement=agreement, not_asked=True)
    item = AgendaItemFactory(
        meeting=meeting, kind="approve_agreement", effect="approve_agreement", agreement=agreement
    )
    decision = close(item)
    agreement.refresh_from_db()
    later = MeetingFactory(committee=meeting.committee)
    close(put(later, AmendmentFactory(agreement=agreement)))
    with pytest.raises(NotReversible, match="avenant 1"):
        withdraw(cast, close, decision)


def test_a_draft_that_is_on_an_agenda_is_not_removed(as_user, cast, meeting, amendment, put):
    put(meeting, amendment)
    address = reverse("projects:amendment_remove", args=["CF-9", 1])
    assert as_user(cast.secretary).post(address).status_code == 409
    with pytest.raises(amendments.StillUsed):
        amendments.remove_amendment(actor=cast.secretary, amendment=amendment)


def test_the_pack_shows_what_changes_in_days_and_money(meeting, amendment, put):
    project = ProjectFactory()
    agreement = amendment.agreement
    ContributionFactory(agreement=agreement, project=project, amount=Decimal(100_000))
    ContributionFactory(
        agreement=agreement, amendment=amendment, project=project, amount=Decimal(25_000)
    )
    ContributionFactory(agreement=agreement, amendment=amendment, project=project, amount=None)
    put(meeting, amendment)

    def taken(audience):
        return take_snapshot(
            meeting=meeting, audience=audience, language="fr", version=1, prepared_at=timezone.now()
        )

    snapshot = taken("full")
    (item,) = snapshot.items
    assert [line.promised for line in item.money] == ["25000", None]
    assert len(item.parties) == 2
    assert item.projects == [project.code]
    view = present(snapshot, "fr")["items"][0]["amended"]
    plain = [
        tuple(text.replace("\u202f", " ").replace("\u00a0", " ") for text in row.values())
        for row in view["rows"]
    ]
    assert plain == [
        ("Fin de la convention", "31 décembre 2027", "31 décembre 2028"),
        (
            "Total des contributions",
            "100 000 €",
            "125 000 € (hors 1 montant non publié)",
        ),
    ]
    assert taken("public").items == [], "a draft amendment is nobody else’s business"


def test_the_form_of_an_item_takes_an_amendment_and_says_what_is_wrong(
    as_user, cast, meeting, amendment
):
    office = as_user(cast.secretary)
    address = reverse("governance:item_create", args=[meeting.code])
    filled = {
        "kind": "approve_amendment", "title_fr": "Avenant", "effect": "none", "minutes": 5,
    }  # fmt: skip
    assert "CF-9" not in office.get(address).content.decode()
    empty = office.post(address, filled)
    assert empty.status_code == 422
    assert "Dites ce qui est à approuver" in empty.content.decode()
    wrong = {**filled, "amendment": amendment.pk, "agreement": AgreementFactory().pk}
    assert office.post(address, wrong).status_code == 422
    done = office.post(address, {**filled, "amendment": amendment.pk})
    assert done.status_code == 302, done.context["form"].errors
    assert AgendaItem.objects.get().agreement == amendment.agreement


def test_programs_put_an_amendment_on_the_agenda_by_its_number(cast, meeting, amendment):
    def office(method, path, data):
        tag = {} if method == "post" else {"if_match": call(path, user=cast.secretary)["ETag"]}
        return call(path, user=cast.secretary, method=method, data=data, **tag)

    def errors(answer):
        return {one["field"] for one in answer.json().get("errors", ())}

    common = {"meeting": meeting.code, "title": {"fr": "Avenant"}, "kind": "approve_amendment"}
    for sent in (
        {},
        {"amendment": 1},
        {"agreement": "CF-9", "amendment": 2},
        {"agreement": "CF-9", "amendment": 0},
        {"agreement": "CF-9", "amendment": 99999},
    ):
        answer = office("post", "agenda-items/", {**common, **sent})
        assert (answer.status_code, errors(answer)) == (400, {"amendment"}), answer.json()
    made = office("post", "agenda-items/", {**common, "agreement": "CF-9", "amendment": 1})
    assert made.status_code == 201, made.json()
    told = made.json()
    assert (told["agreement"]["code"], told["amendment"]) == ("CF-9", 1)
    assert told["effect"] == "approve_amendment"
    item = f"agenda-items/{told['id']}/"
    AgreementFactory(in_force=True, code="CF-10")
    other = office("patch", item, {"agreement": "CF-10"})
    assert (other.status_code, errors(other)) == (400, {"amendment"})
    freed = office("patch", item, {"kind": "information", "amendment": None})
    assert freed.json()["amendment"] is None
    assert freed.json()["effect"] == "none"


def test_an_effect_on_a_project_without_its_project_is_refused_beside_the_field(
    as_user, cast, meeting
):
    sent = {"kind": "other", "title_fr": "Point", "effect": "suspend_project", "minutes": 5}
    answer = as_user(cast.secretary).post(
        reverse("governance:item_create", args=[meeting.code]), sent
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"project": ["Dites de quel projet il s’agit."]}
