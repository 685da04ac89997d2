"""An amendment before its approval: what it changes; its parties and money are written like the agreement's."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from partners.models import User
from projects.enums import AMENDED_AGREEMENTS
from projects.models import AgreementParty, Amendment, Contribution, FundingAgreement, Instalment
from projects.services.agreement_drafts import (
    StillUsed,
    may_write,
    open_part,
    same,
    still_used,
    version_of,
)
from smartport.errors import TransitionRefused

CHANGE = ("title_fr", "title_en", "text", "new_ends_on")


def amendment_version(amendment: Amendment) -> str:
    return version_of(Amendment.objects.filter(pk=amendment.pk))


@transaction.atomic
def draft_amendment(
    *, actor: User, agreement: FundingAgreement, values: dict[str, Any]
) -> Amendment:
    """The next number; whoever signed the agreement signs the amendment, unless its parties are changed."""
    agreement = FundingAgreement.objects.select_for_update().get(pk=agreement.pk)
    may_write(actor, agreement)
    if agreement.status not in AMENDED_AGREEMENTS:
        raise TransitionRefused(
            _("Only an agreement that is being signed or in force is amended."),
            remedy=_("A draft is changed itself."),
        )
    last = agreement.amendments.aggregate(last=models.Max("number"))["last"] or 0
    amendment = Amendment.objects.create(
        agreement=agreement,
        number=last + 1,
        **{name: values[name] for name in CHANGE if name in values},
    )
    AgreementParty.objects.bulk_create(
        AgreementParty(
            agreement=agreement,
            amendment=amendment,
            partner_id=party.partner_id,
            position=party.position,
            role=party.role,
            siret=party.siret,
            siret_override_reason=party.siret_override_reason,
        )
        for party in agreement.parties.filter(amendment=None).order_by("position", "pk")
    )
    return amendment


@transaction.atomic
def edit_amendment(
    *, actor: User, amendment: Amendment, values: dict[str, Any], seen: str = ""
) -> Amendment:
    _agreement, amendment = open_part(actor, amendment.agreement, amendment)
    same(seen, amendment_version(amendment))
    for name in CHANGE:
        if name in values:
            setattr(amendment, name, values[name])
    amendment.save()
    return amendment


@transaction.atomic
def remove_amendment(*, actor: User, amendment: Amendment) -> None:
    """Only the last one: numbers have no gap."""
    agreement, amendment = open_part(actor, amendment.agreement, amendment)
    if agreement.amendments.filter(number__gt=amendment.number).exists():
        raise StillUsed(_("A later amendment exists: only the last one can be removed."))
    try:
        with transaction.atomic():
            Instalment.objects.filter(contribution__amendment=amendment).delete()
            Contribution.objects.filter(amendment=amendment).delete()
            amendment.delete()
    except models.ProtectedError as error:
        raise still_used() from error
