from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from partners.models import Message
from projects.models import Amendment, Contribution
from projects.services import agreements, effects
from smartport.errors import NotAllowed, Refusal, TransitionRefused
from smartport.obligations import standing
from tests.factories.partners import PartnerFactory
from tests.factories.projects import (
    APPROVAL,
    AgreementFactory,
    ContributionFactory,
    InstalmentFactory,
    PartyFactory,
    ProjectFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement():
    return AgreementFactory(code="CONV-1")


def page(name, agreement, *args):
    return reverse(f"projects:{name}", args=[agreement.code, *args])


def sign(actor, party, **changes):
    data = {"signed_on": timezone.localdate(), "signatory": "Ada Martin", "function": "Présidente"}
    return agreements.record_signature(actor=actor, party=party, **data | changes)


def test_a_signature_freezes_name_and_siret_of_the_day(cast, agreement):
    cast.partner_a.siret = "13000000000013"
    cast.partner_a.siren = "130000000"
    cast.partner_a.save()
    party = sign(cast.manager, PartyFactory(agreement=agreement, partner=cast.partner_a))
    assert (party.signature, party.signatory) == ("signed", "Ada Martin")
    assert (party.name_at_signature, party.siret_at_signature) == ("Partenaire A", "13000000000013")
    with pytest.raises(TransitionRefused):
        sign(cast.manager, party)


def test_the_last_signature_brings_the_agreement_into_force(cast, agreement):
    first = PartyFactory(agreement=agreement, partner=cast.partner_a)
    second = PartyFactory(agreement=agreement)
    sign(cast.secretary, first)
    agreement.refresh_from_db()
    assert agreement.status == "signing"
    sign(cast.secretary, second)
    agreement.refresh_from_db()
    assert (agreement.status, agreement.in_force_on) == ("in_force", timezone.localdate())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (lambda today: {"signed_on": today + timedelta(days=1)}, "signed_on"),
        (lambda today: {"signed_on": APPROVAL - timedelta(days=1)}, "signed_on"),
        (lambda today: {"signatory": " "}, "signatory"),
    ],
)
def test_a_signature_needs_a_day_that_can_be_and_a_name(cast, agreement, changes, field):
    party = PartyFactory(agreement=agreement, partner=cast.partner_a)
    with pytest.raises(Refusal) as refusal:
        sign(cast.manager, party, **changes(timezone.localdate()))
    assert refusal.value.field == field


def test_a_contributor_and_a_stranger_do_not_sign(cast, agreement):
    party = PartyFactory(agreement=agreement, partner=cast.partner_a)
    for person in (cast.owner, cast.stranger):
        with pytest.raises(NotAllowed):
            sign(person, party)


def test_the_page_says_who_signed_and_who_is_awaited_since_when(client, cast, agreement):
    PartyFactory(agreement=agreement, partner=cast.partner_a, signed=True)
    since = timezone.localdate() - timedelta(days=23)
    PartyFactory(agreement=agreement, partner=cast.partner_b, waiting_since=since)
    client.force_login(cast.manager)
    text = client.get(agreement.get_absolute_url()).content.decode()
    assert "1 sur 2" in text
    assert "Partenaire B" in text
    assert "23" in text


def test_an_agreement_being_signed_is_for_its_parties_and_the_secretariat(client, cast, agreement):
    PartyFactory(agreement=agreement, partner=cast.partner_a)
    assert client.get(agreement.get_absolute_url()).status_code == 404
    client.force_login(cast.stranger)
    assert client.get(agreement.get_absolute_url()).status_code == 404
    for person in (cast.owner, cast.secretary):
        client.force_login(person)
        assert client.get(agreement.get_absolute_url()).status_code == 200


def test_a_manager_records_the_signature_with_the_signed_copy(client, cast, agreement):
    party = PartyFactory(agreement=agreement, partner=cast.partner_a)
    client.force_login(cast.owner)
    assert client.get(page("signature_record", agreement, party.pk)).status_code == 403
    client.force_login(cast.manager)
    assert client.get(page("signature_record", agreement, party.pk)).status_code == 200
    filled = {
        "signatory": "Ada Martin",
        "function": "",
        "signed_on": timezone.localdate().isoformat(),
    }
    fake = SimpleUploadedFile("signe.pdf", b"MZ not a pdf")
    refused = client.post(page("signature_record", agreement, party.pk), {**filled, "file": fake})
    assert refused.status_code == 422
    assert "Ada Martin" in refused.content.decode()
    copy = SimpleUploadedFile("signe.pdf", b"%PDF-1.7\n%%EOF")
    client.post(page("signature_record", agreement, party.pk), {**filled, "file": copy})
    party.refresh_from_db()
    assert (party.signature, party.file_name) == ("signed", "signe.pdf")
    assert client.get(page("signed_copy", agreement, party.pk)).status_code == 200
    client.logout()
    agreement.refresh_from_db()
    assert agreement.status == "in_force"
    assert client.get(agreement.get_absolute_url()).status_code == 200
    assert client.get(page("signed_copy", agreement, party.pk)).status_code == 302
    client.force_login(cast.stranger)
    assert client.get(page("signed_copy", agreement, party.pk)).status_code == 404


def test_a_payment_goes_step_by_step_by_those_who_answer_for_it(client, cast, agreement):
    money = ContributionFactory(
        agreement=agreement,
        funder=cast.partner_a,
        recipient=cast.partner_b,
        project=ProjectFactory(),
    )
    instalment = InstalmentFactory(contribution=money)
    client.force_login(cast.manager)
    today = timezone.localdate().isoformat()
    address = page("instalment_move", agreement, instalment.pk)
    for _click in range(2):
        client.post(address, {"step": "committed", "on": today})
    instalment.refresh_from_db()
    assert (instalment.status, instalment.committed_on) == ("committed", timezone.localdate())
    assert client.post(address, {"step": "called", "on": today}).status_code == 403
    agreements.move_instalment(
        actor=cast.secretary, instalment=instalment, target="called", on=timezone.localdate()
    )
    assert Message.objects.get(kind="instalment_called").recipient == cast.manager
    with pytest.raises(NotAllowed):
        agreements.move_instalment(
            actor=cast.manager, instalment=instalment, target="received", on=timezone.localdate()
        )


def test_approving_an_agreement_opens_it_for_signature_once(cast):
    agreement = AgreementFactory(draft=True)
    manager = cast.manager
    party = PartyFactory(
        agreement=agreement, partner=cast.partner_a, signature="not_asked", waiting_since=None
    )
    effects.approve_agreement(actor=cast.secretary, agreement=agreement, on=APPROVAL)
    party.refresh_from_db()
    agreement.refresh_from_db()
    assert (agreement.status, party.signature, party.waiting_since) == (
        "signing",
        "waiting",
        APPROVAL,
    )
    assert [m.recipient for m in Message.objects.filter(kind="agreement_to_sign")] == [manager]
    with pytest.raises(effects.AlreadyApproved):
        effects.approve_agreement(actor=cast.secretary, agreement=agreement, on=APPROVAL)
    assert Message.objects.filter(kind="agreement_to_sign").count() == 1


def test_the_public_list_shows_agreements_in_force_only(client):
    AgreementFactory(code="SECRET")
    AgreementFactory(code="OUVERTE", in_force=True)
    text = client.get(reverse("projects:agreement_list")).content.decode()
    assert "OUVERTE" in text
    assert "SECRET" not in text


def test_a_total_names_what_it_leaves_out(client, agreement):
    agreement = AgreementFactory(in_force=True)
    ContributionFactory(agreement=agreement, amount=1000)
    ContributionFactory(agreement=agreement, amount=None)
    text = client.get(agreement.get_absolute_url()).content.decode()
    assert "non publié" in text


@pytest.mark.parametrize("count", [2, 15])
def test_the_page_costs_the_same_for_2_and_for_15_parties(
    client, cast, agreement, count, django_assert_max_num_queries
):
    PartyFactory.create_batch(count, agreement=agreement)
    PartnerFactory()
    client.force_login(cast.secretary)
    with django_assert_max_num_queries(18):
        client.get(agreement.get_absolute_url())


def test_the_money_of_an_amendment_is_public_only_once_the_amendment_is_in_force():
    agreement = AgreementFactory(in_force=True)
    agreed = ContributionFactory(agreement=agreement)
    amendment = Amendment.objects.create(agreement=agreement, number=1, title="Avenant 1")
    added = ContributionFactory(agreement=agreement, amendment=amendment)
    assert set(Contribution.objects.public()) == {agreed}
    amendment.status, amendment.in_force_on = "in_force", APPROVAL
    amendment.save()
    assert set(Contribution.objects.public()) == {agreed, added}


@pytest.fixture
def amendment(cast, agreement):
    """The first, open for the signature of partner A."""
    agreement.status, agreement.in_force_on = "in_force", APPROVAL
    agreement.save()
    first = Amendment.objects.create(
        agreement=agreement, number=1, title_fr="Un an de plus", new_ends_on="2030-12-31"
    )
    PartyFactory(
        agreement=agreement,
        amendment=first,
        partner=cast.partner_a,
        signature="not_asked",
        waiting_since=None,
    )
    effects.approve_amendment(actor=cast.secretary, amendment=first, on=APPROVAL)
    return first


def test_an_amendment_is_signed_like_an_agreement_and_moves_its_end(client, cast, amendment):
    manager = cast.manager
    owed = [one.key for one in standing(manager, timezone.localdate()).owed]
    party = amendment.parties.get()
    assert owed == [f"signature:{party.pk}"]
    client.force_login(manager)
    address = page("signature_record", amendment.agreement, party.pk)
    assert address in client.get(amendment.agreement.get_absolute_url()).content.decode()
    sign(manager, party)
    amendment.refresh_from_db()
    assert amendment.status == "in_force"
    assert amendment.agreement.ends_on.isoformat() == "2030-12-31"
    with pytest.raises(effects.AlreadyApproved):
        effects.approve_amendment(actor=cast.secretary, amendment=amendment, on=APPROVAL)


def test_ending_and_terminating_are_the_secretariat_s_and_need_a_day_and_a_reason(cast):
    agreement = AgreementFactory(in_force=True)
    today = timezone.localdate()
    with pytest.raises(NotAllowed):
        agreements.end(actor=cast.manager, agreement=agreement, on=today)
    with pytest.raises(Refusal):
        agreements.terminate(actor=cast.secretary, agreement=agreement, on=today, reason=" ")
    agreements.terminate(actor=cast.secretary, agreement=agreement, on=today, reason="Recours")
    with pytest.raises(TransitionRefused):
        agreements.end(actor=cast.secretary, agreement=agreement, on=today)


def test_the_secretariat_records_the_end_with_its_reason(client, cast):
    agreement = AgreementFactory(in_force=True)
    address = page("agreement_end", agreement)
    client.force_login(cast.manager)
    assert client.get(address).status_code == 403
    client.force_login(cast.secretary)
    assert client.get(address).status_code == 200
    today = timezone.localdate().isoformat()
    refused = client.post(address, {"how": "terminate", "on": today, "reason": ""})
    assert refused.status_code == 422
    client.post(address, {"how": "terminate", "on": today, "reason": "Recours"})
    agreement.refresh_from_db()
    assert (agreement.status, agreement.termination_reason) == ("terminated", "Recours")
    assert "Recours" in client.get(agreement.get_absolute_url()).content.decode()


def test_an_amendment_still_being_made_is_for_the_parties_and_the_secretariat(
    client, cast, amendment
):
    money = ContributionFactory(agreement=amendment.agreement, amendment=amendment, amount=54321)
    for person, told in (
        (None, False),
        (cast.stranger, False),
        (cast.owner, True),
        (cast.secretary, True),
    ):
        client.logout()
        if person:
            client.force_login(person)
        text = client.get(amendment.agreement.get_absolute_url()).content.decode()
        assert ("Un an de plus" in text) is told
        assert ("54" in text and money.project.title in text) is told
