"""Signatures and payments, recorded by those who answer for them."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import User
from projects.enums import (
    AGREEMENT_MOVES,
    INSTALMENT_MOVES,
    AgreementStatus,
    InstalmentStatus,
    SignatureState,
)
from projects.models import AgreementParty, Amendment, FundingAgreement, Instalment
from projects.permissions import (
    can_edit_agreement,
    can_move_instalment,
    can_record_signature,
)
from projects.services import notices
from smartport import dates
from smartport.errors import NotAllowed, Refusal, TransitionRefused
from smartport.files import PDF_ONLY, check_upload
from smartport.workflow import move

DATE_OF = {
    InstalmentStatus.COMMITTED: "committed_on",
    InstalmentStatus.CALLED: "called_on",
    InstalmentStatus.RECEIVED: "received_on",
}


@transaction.atomic
def record_signature(
    *,
    actor: User,
    party: AgreementParty,
    signed_on: date,
    signatory: str,
    function: str = "",
    deliberation_on: date | None = None,
    upload: Any = None,
) -> AgreementParty:
    """Freezes the party with its name and SIRET of that day; the last signature brings the agreement into force."""
    agreement, party = _locked(party)
    if not can_record_signature(actor, party):
        raise NotAllowed(_("Only a manager of the party and the secretariat record its signature."))
    if party.signature != SignatureState.WAITING:
        raise TransitionRefused(
            _("The signature of %(partner)s is not awaited.") % {"partner": party.partner},
            remedy=_("Reload the page to see what can be done now."),
        )
    _check_day(signed_on, party)
    if not signatory.strip():
        raise Refusal(_("Name the person who signed."), field="signatory")
    if upload is not None:
        checked = check_upload(upload, PDF_ONLY)
        party.file, party.file_name, party.file_sha256 = upload, checked.name, checked.sha256
    party.signature, party.signed_on = SignatureState.SIGNED, signed_on
    party.signatory, party.function = signatory.strip(), function.strip()
    party.deliberation_on = deliberation_on
    party.name_at_signature = party.partner.name_on(signed_on)
    party.siret_at_signature = party.siret_to_sign_with
    party.save()
    if party.amendment:
        _bring_amendment_into_force(agreement, party.amendment)
    else:
        _bring_into_force(agreement)
    return party


def _check_day(signed_on: date, party: AgreementParty) -> None:
    if signed_on > timezone.localdate():
        raise Refusal(_("This day is yet to come."), field="signed_on")
    if party.waiting_since and signed_on < party.waiting_since:
        raise Refusal(
            _("The signature has been asked for since %(day)s: it was not given before.")
            % {"day": dates.day(party.waiting_since)},
            field="signed_on",
        )


@transaction.atomic
def decline_signature(*, actor: User, party: AgreementParty) -> AgreementParty:
    """The party will not sign: the agreement stays open until the secretariat settles it."""
    _agreement, party = _locked(party)
    if not can_record_signature(actor, party):
        raise NotAllowed(_("Only a manager of the party and the secretariat record its signature."))
    if party.signature != SignatureState.WAITING:
        raise TransitionRefused(
            _("The signature of %(partner)s is not awaited.") % {"partner": party.partner}
        )
    party.signature = SignatureState.DECLINED
    party.save(update_fields=["signature"])
    return party


def _locked(party: AgreementParty) -> tuple[FundingAgreement, AgreementParty]:
    """The agreement first: two last signatures at once then wait for each other."""
    agreement = FundingAgreement.objects.select_for_update().get(pk=party.agreement_id)
    party = (
        AgreementParty.objects.select_for_update(of=("self",))
        .select_related("partner", "amendment")
        .get(pk=party.pk)
    )
    return agreement, party


def _bring_into_force(agreement: FundingAgreement) -> None:
    if agreement.status != AgreementStatus.SIGNING:
        return
    parties = AgreementParty.objects.filter(agreement=agreement, amendment=None)
    if parties.exclude(signature=SignatureState.SIGNED).exists():
        return
    move(agreement, AGREEMENT_MOVES, AgreementStatus.IN_FORCE)
    agreement.in_force_on = max(filter(None, parties.values_list("signed_on", flat=True)))
    agreement.save()


def _bring_amendment_into_force(agreement: FundingAgreement, amendment: Amendment) -> None:
    """Once all have signed it; the agreement then ends on the amendment's new day."""
    parties = AgreementParty.objects.filter(amendment=amendment)
    if (
        amendment.status != AgreementStatus.SIGNING
        or parties.exclude(signature=SignatureState.SIGNED).exists()
    ):
        return
    move(amendment, AGREEMENT_MOVES, AgreementStatus.IN_FORCE)
    amendment.in_force_on = max(filter(None, parties.values_list("signed_on", flat=True)))
    amendment.save()
    if amendment.new_ends_on:
        agreement.ends_on = amendment.new_ends_on
        agreement.save()


@transaction.atomic
def end(*, actor: User, agreement: FundingAgreement, on: date) -> FundingAgreement:
    """Everything it was made for is done."""
    return _finish(actor, agreement, AgreementStatus.ENDED, on)


@transaction.atomic
def terminate(
    *, actor: User, agreement: FundingAgreement, on: date, reason: str
) -> FundingAgreement:
    """Stopped before its end; the reason stays with it."""
    if not reason.strip():
        raise Refusal(_("Say why: the reason is kept in the history."), field="reason")
    return _finish(actor, agreement, AgreementStatus.TERMINATED, on, reason.strip())


def _finish(
    actor: User, agreement: FundingAgreement, target: AgreementStatus, on: date, reason: str = ""
) -> FundingAgreement:
    if not can_edit_agreement(actor, agreement):
        raise NotAllowed(_("Only the secretariat ends an agreement."))
    agreement = FundingAgreement.objects.select_for_update().get(pk=agreement.pk)
    move(agreement, AGREEMENT_MOVES, target)
    agreement.ended_on, agreement.termination_reason = on, reason
    agreement.save()
    return agreement


@transaction.atomic
def move_instalment(*, actor: User, instalment: Instalment, target: str, on: date) -> Instalment:
    """promised -> committed -> called -> received, each with its day; a call tells the funder's managers."""
    instalment = (
        Instalment.objects.select_for_update(of=("self",))
        .select_related(
            "contribution__agreement",
            "contribution__amendment",
            "contribution__project",
            "contribution__recipient",
        )
        .get(pk=instalment.pk)
    )
    if not can_move_instalment(actor, instalment, target):
        raise NotAllowed(_("This step of a payment is for another organisation to record."))
    if on > timezone.localdate():
        raise Refusal(_("This day is yet to come."), field="on")
    move(instalment, INSTALMENT_MOVES, target)
    setattr(instalment, DATE_OF[InstalmentStatus(target)], on)
    instalment.save()
    if target == InstalmentStatus.CALLED:
        notices.tell_called(instalment)
    return instalment
