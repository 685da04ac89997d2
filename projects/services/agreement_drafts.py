"""A funding agreement before its approval: its facts, its parties, who gives what to whom, when."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siret as siret_number

from partners.models import Partner, User
from partners.permissions import manages
from projects.enums import AgreementStatus, PartyRole
from projects.models import (
    AgreementParty,
    Amendment,
    Contribution,
    FundingAgreement,
    Instalment,
)
from projects.permissions import can_draft_agreement, can_write_agreement
from smartport.errors import NotAllowed, Refusal, Stale, TransitionRefused
from smartport.money import euros

FACTS = ("title_fr", "title_en", "summary_fr", "summary_en", "series", "ends_on")
GIVEN = ("funder", "recipient", "project", "amount", "kind", "decision_reference", "decided_on")


class CodeTaken(Refusal):
    code = "code_taken"


class PartyNeeded(Refusal):
    """Money flows between parties; a leading manager's organisation stays the lead."""

    code = "party_needed"


class SiretRefused(Refusal):
    """Fails its check digits, and no reason says why it is right all the same."""

    code = "siret_refused"


class ProjectElsewhere(Refusal):
    """An agreement for one series funds the projects of that series."""

    code = "project_elsewhere"


class MoreThanGiven(Refusal):
    """The payments add up to more than the contribution."""

    code = "more_than_given"


class StillUsed(Refusal):
    """Something outside the draft, such as an agenda, refers to it."""

    code = "still_used"


@dataclass(frozen=True, slots=True)
class PartyRow:
    partner: Partner
    role: str
    siret: str = ""
    siret_override_reason: str = ""


@dataclass(frozen=True, slots=True)
class InstalmentRow:
    amount: Decimal
    due_on: date | None = None
    condition: str = ""


def version_of(*rows: models.QuerySet) -> str:
    """Changes whenever anything in these rows does: what a page was made from."""
    values = [list(found.order_by("pk").values()) for found in rows]
    return hashlib.sha256(DjangoJSONEncoder().encode(values).encode()).hexdigest()[:24]


def facts_version(agreement: FundingAgreement) -> str:
    return version_of(FundingAgreement.objects.filter(pk=agreement.pk))


def parties_version(agreement: FundingAgreement, amendment: Amendment | None = None) -> str:
    return version_of(AgreementParty.objects.filter(agreement=agreement, amendment=amendment))


def contribution_version(contribution: Contribution) -> str:
    return version_of(
        Contribution.objects.filter(pk=contribution.pk),
        Instalment.objects.filter(contribution=contribution),
    )


@transaction.atomic
def draft_agreement(
    *, actor: User, values: dict[str, Any], code: str = "", lead: Partner | None = None
) -> FundingAgreement:
    """A manager's draft is led by their organisation; the secretariat may name a lead, or none yet."""
    if not can_draft_agreement(actor):
        raise NotAllowed(_("Managers of an organisation and the secretariat draft agreements."))
    if not actor.runs_the_cycle and (lead is None or not manages(actor, lead)):
        raise NotAllowed(_("Choose an organisation that you manage: it leads the agreement."))
    try:
        with transaction.atomic():
            agreement = FundingAgreement.objects.create(
                code=code or _next_code(),
                **{name: values[name] for name in FACTS if name in values},
            )
    except IntegrityError as error:
        raise CodeTaken(
            _("Another agreement has this code."), remedy=_("Choose another one."), field="code"
        ) from error
    if lead is not None:
        AgreementParty.objects.create(agreement=agreement, partner=lead, role=PartyRole.LEAD)
    return agreement


def _next_code() -> str:
    """`CF-2026-01` and on."""
    prefix = f"CF-{timezone.localdate().year}-"
    taken = FundingAgreement.objects.select_for_update().filter(code__startswith=prefix)
    numbers = [code.removeprefix(prefix) for code in taken.values_list("code", flat=True)]
    last = max((int(number) for number in numbers if number.isdigit()), default=0)
    return f"{prefix}{last + 1:02}"


@transaction.atomic
def edit_agreement(
    *, actor: User, agreement: FundingAgreement, values: dict[str, Any], seen: str = ""
) -> FundingAgreement:
    agreement = _open(actor, agreement)
    same(seen, facts_version(agreement))
    for name in FACTS:
        if name in values:
            setattr(agreement, name, values[name])
    agreement.save()
    return agreement


@transaction.atomic
def remove_agreement(*, actor: User, agreement: FundingAgreement) -> None:
    """The draft with all that was written in it; its history stays."""
    agreement = _open(actor, agreement)
    try:
        with transaction.atomic():
            Instalment.objects.filter(contribution__agreement=agreement).delete()
            agreement.contributions.all().delete()
            agreement.delete()
    except models.ProtectedError as error:
        raise still_used() from error


def still_used() -> StillUsed:
    return StillUsed(
        _("This draft is used elsewhere, on an agenda for instance: it cannot be removed."),
        remedy=_("Take it off there first."),
    )


@transaction.atomic
def set_parties(
    *,
    actor: User,
    agreement: FundingAgreement,
    rows: Sequence[PartyRow],
    amendment: Amendment | None = None,
    seen: str = "",
) -> list[AgreementParty]:
    """The parties become these, in this order. Raises PartyNeeded, SiretRefused, Stale."""
    agreement, amendment = open_part(actor, agreement, amendment)
    same(seen, parties_version(agreement, amendment))
    for row in rows:
        check_siret(row)
    before = {
        party.partner_id: party
        for party in AgreementParty.objects.filter(agreement=agreement, amendment=amendment)
    }
    kept = []
    for position, row in enumerate(rows, start=1):
        party = before.pop(row.partner.pk, None) or AgreementParty(
            agreement=agreement, amendment=amendment, partner=row.partner
        )
        party.position, party.role = position, row.role
        party.siret, party.siret_override_reason = row.siret, row.siret_override_reason.strip()
        party.save()
        kept.append(party)
    AgreementParty.objects.filter(pk__in=[party.pk for party in before.values()]).delete()
    _require_lead(actor, agreement, amendment, rows)
    _require_payers(agreement, amendment)
    return kept


def check_siret(row: PartyRow) -> None:
    if not row.siret or row.siret_override_reason.strip():
        return
    try:
        siret_number.validate(row.siret)
    except NumberError:
        raise SiretRefused(
            _("The SIRET of %(partner)s fails its check digit.") % {"partner": row.partner.label},
            remedy=_("Correct it, or give the reason to keep it."),
            field="siret",
            partner=row.partner,
        ) from None


def _require_lead(
    actor: User,
    agreement: FundingAgreement,
    amendment: Amendment | None,
    rows: Sequence[PartyRow],
) -> None:
    """A manager does not write themselves out of the agreement they lead."""
    if actor.runs_the_cycle or amendment is not None:
        return
    if not any(row.role == PartyRole.LEAD and manages(actor, row.partner) for row in rows):
        raise PartyNeeded(
            _("Your organisation leads this agreement: it stays a party, as its lead."),
            remedy=_("To hand the lead over, ask the secretariat."),
        )


def _require_payers(agreement: FundingAgreement, amendment: Amendment | None) -> None:
    known = _parties_of(agreement, amendment)
    for contribution in Contribution.objects.filter(
        agreement=agreement, amendment=amendment
    ).select_related("funder", "recipient"):
        for partner in (contribution.funder, contribution.recipient):
            if partner.pk not in known:
                raise PartyNeeded(
                    _("%(partner)s gives or receives money in this agreement: it stays a party.")
                    % {"partner": partner.label},
                    remedy=_("Change or remove its contributions first."),
                )


def _parties_of(agreement: FundingAgreement, amendment: Amendment | None) -> set[int]:
    """Of the agreement, and of the amendment for what it changes."""
    parties = AgreementParty.objects.filter(agreement=agreement).filter(
        models.Q(amendment=None) | models.Q(amendment=amendment)
    )
    return set(parties.values_list("partner", flat=True))


@transaction.atomic
def save_contribution(
    *,
    actor: User,
    agreement: FundingAgreement,
    values: dict[str, Any],
    instalments: Sequence[InstalmentRow],
    contribution: Contribution | None = None,
    amendment: Amendment | None = None,
    seen: str = "",
) -> Contribution:
    """Who gives what to whom, and when. Raises PartyNeeded, MoreThanGiven, Stale."""
    if contribution is not None:
        amendment = contribution.amendment
    agreement, amendment = open_part(actor, agreement, amendment)
    if contribution is None:
        contribution = Contribution(agreement=agreement, amendment=amendment)
    else:
        contribution = Contribution.objects.select_for_update().get(pk=contribution.pk)
        same(seen, contribution_version(contribution))
    for name in GIVEN:
        if name in values:
            setattr(contribution, name, values[name])
    known = _parties_of(agreement, amendment)
    for name in ("funder", "recipient"):
        partner = getattr(contribution, name)
        if partner.pk not in known:
            raise PartyNeeded(
                _("%(partner)s is not a party of the agreement.") % {"partner": partner.label},
                remedy=_("Add it to the parties first."),
                field=name,
            )
    if agreement.series_id and contribution.project.series_id != agreement.series_id:
        raise ProjectElsewhere(
            _("This project is of another series than the agreement."),
            remedy=_("Choose one of its projects, or take the series off the agreement."),
            field="project",
        )
    _require_enough(contribution.amount, instalments)
    contribution.save()
    _set_instalments(contribution, instalments)
    return contribution


def _require_enough(amount: Decimal | None, instalments: Sequence[InstalmentRow]) -> None:
    planned = sum((row.amount for row in instalments), Decimal(0))
    if amount is not None and planned > amount:
        raise MoreThanGiven(
            _("The payments add up to %(planned)s, more than the %(amount)s given.")
            % {"planned": euros(planned), "amount": euros(amount)},
            remedy=_("Lower a payment, or raise the amount."),
            field="amount",
        )


def _set_instalments(contribution: Contribution, rows: Sequence[InstalmentRow]) -> None:
    """Nothing is promised before approval, so the plan is written anew; equal rows stay as they are."""
    before = list(contribution.instalments.order_by("position", "pk"))
    for position, row in enumerate(rows, start=1):
        part = before.pop(0) if before else Instalment(contribution=contribution)
        part.position, part.amount = position, row.amount
        part.due_on, part.condition = row.due_on, row.condition.strip()
        part.save()
    Instalment.objects.filter(pk__in=[part.pk for part in before]).delete()


@transaction.atomic
def remove_contribution(*, actor: User, contribution: Contribution) -> None:
    open_part(actor, contribution.agreement, contribution.amendment)
    try:
        with transaction.atomic():
            contribution.instalments.all().delete()
            contribution.delete()
    except models.ProtectedError as error:
        raise StillUsed(
            _("A report says what was spent of this contribution: it cannot be removed.")
        ) from error


def _open(actor: User, agreement: FundingAgreement) -> FundingAgreement:
    """Under lock, once it is known that this person may write it and that it is a draft still."""
    agreement = FundingAgreement.objects.select_for_update().get(pk=agreement.pk)
    may_write(actor, agreement)
    if agreement.status != AgreementStatus.DRAFT:
        raise TransitionRefused(
            _("This agreement is approved: it changes by an amendment only."),
            remedy=_("Reload the page to see what can be done now."),
        )
    return agreement


def open_part(
    actor: User, agreement: FundingAgreement, amendment: Amendment | None
) -> tuple[FundingAgreement, Any]:
    """The same for what belongs to an amendment, which is a draft of its own."""
    if amendment is None:
        return _open(actor, agreement), None
    agreement = FundingAgreement.objects.select_for_update().get(pk=agreement.pk)
    may_write(actor, agreement)
    amendment = Amendment.objects.select_for_update().get(pk=amendment.pk)
    if amendment.status != AgreementStatus.DRAFT:
        raise TransitionRefused(
            _("This amendment is approved: it changes no more."),
            remedy=_("Reload the page to see what can be done now."),
        )
    return agreement, amendment


def may_write(actor: User, agreement: FundingAgreement) -> None:
    if not can_write_agreement(actor, agreement):
        raise NotAllowed(_("Only the secretariat and the party that leads an agreement write it."))


def same(seen: str, current: str) -> None:
    if seen and seen != current:
        raise Stale(
            _("Someone saved this while you were writing."),
            remedy=_("Your text is kept: compare it with what is saved now, then save again."),
        )
