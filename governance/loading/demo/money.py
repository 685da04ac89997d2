"""The demonstration's funding agreements: one in force, one half signed, one to approve."""

from __future__ import annotations

from typing import Any

from governance.loading.demo.calendar import Calendar
from governance.loading.rows import bilingual, money
from partners.models import Partner
from projects.enums import AgreementStatus, SignatureState
from projects.models import (
    AgreementParty,
    Contribution,
    FundingAgreement,
    Instalment,
    Project,
    ProjectSeries,
)

Facts = dict[str, Any]


def load_agreements(rows: list[Facts], calendar: Calendar) -> dict[str, Contribution]:
    """The contributions made, by their code in the data file."""
    contributions = {}
    for row in rows:
        agreement = _agreement(row, calendar)
        for position, party in enumerate(row["parties"], start=1):
            _party(agreement, party, position, calendar)
        for given in row["contributions"]:
            contributions[given["code"]] = _contribution(agreement, given, calendar)
    return contributions


def _agreement(row: Facts, calendar: Calendar) -> FundingAgreement:
    return FundingAgreement.objects.create(
        code=row["code"],
        **bilingual(title=row["title"], summary=row["summary"]),
        series=ProjectSeries.objects.get(code=row["series"]),
        status=AgreementStatus(row["status"]),
        approved_on=calendar.day(row.get("approved")),
        opened_for_signature_on=calendar.day(row.get("opened")),
        in_force_on=calendar.day(row.get("in_force")),
        ends_on=calendar.day(row["ends"]),
    )


def _party(agreement: FundingAgreement, row: Facts, position: int, calendar: Calendar) -> None:
    partner = Partner.objects.get(code=row["partner"])
    signed_on = calendar.day(row.get("signed"))
    waiting_since = calendar.day(row.get("waiting"))
    signature = SignatureState.NOT_ASKED
    if signed_on:
        signature = SignatureState.SIGNED
    elif waiting_since:
        signature = SignatureState.WAITING
    AgreementParty.objects.create(
        agreement=agreement,
        partner=partner,
        position=position,
        role=row["role"],
        signature=signature,
        waiting_since=waiting_since,
        deliberation_on=calendar.day(row.get("deliberation")),
        signed_on=signed_on,
        signatory=row.get("signatory", ""),
        function=row.get("function", ""),
        name_at_signature=partner.name_fr if signed_on else "",
    )


def _contribution(agreement: FundingAgreement, row: Facts, calendar: Calendar) -> Contribution:
    contribution = Contribution.objects.create(
        agreement=agreement,
        funder=Partner.objects.get(code=row["funder"]),
        recipient=Partner.objects.get(code=row["recipient"]),
        project=Project.objects.get(code=row["project"]),
        amount=money(row.get("amount")),
        kind=row.get("kind", "cash"),
        decision_reference=row.get("reference", ""),
        decided_on=calendar.day(row.get("decided")),
    )
    for position, part in enumerate(row.get("instalments", []), start=1):
        Instalment.objects.create(
            contribution=contribution,
            position=position,
            amount=money(part["amount"]),
            due_on=calendar.day(part.get("due")),
            condition=part.get("condition", ""),
            status=part["status"],
            committed_on=calendar.day(part.get("committed")),
            called_on=calendar.day(part.get("called")),
            received_on=calendar.day(part.get("received")),
        )
    return contribution
