"""One synthetic series: approved by a decision of its own, with its reporting periods and an agreement."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from governance.loading.demo.calendar import Calendar, at
from governance.loading.scale.people import Cast
from governance.models import AgendaItem, Decision, Meeting
from governance.services.decisions import next_number
from projects.models import AgreementParty, FundingAgreement, ProjectSeries, ReportingPeriod

QUARTERS = 12
PARTIES = 6
DAYS_TO_REPORT = 21


@dataclass(frozen=True)
class Ground:
    """`periods` are (id, last day), oldest first; `funders` and `recipients` are partners' ids."""

    series: ProjectSeries
    agreement: FundingAgreement
    periods: list[tuple[int, date]]
    funders: list[int]
    recipients: list[int]


def ground(number: int, seed: int, cast: Cast, calendar: Calendar, quarters: int) -> Ground:
    """The series of this number: made on the first run, found again on the next."""
    chance = random.Random(f"{seed}/series/{number}")  # noqa: S311
    parties = chance.sample(cast.partners, PARTIES)
    series = ProjectSeries.objects.filter(code=f"DEMO-SS{number:04d}").first()
    if series is None:
        oldest = calendar.quarter(QUARTERS).starts_on
        approved_on = oldest - timedelta(days=chance.randint(10, 900))
        series = _series(number, approved_on)
        _decision(series, approved_on, cast)
        _periods(series, calendar, quarters)
        _agreement(number, series, parties, approved_on)
    return Ground(
        series=series,
        agreement=FundingAgreement.objects.get(series=series),
        periods=list(series.periods.order_by("ends_on").values_list("pk", "ends_on"))[-quarters:],
        funders=[partner.pk for partner in parties[: PARTIES // 2]],
        recipients=[partner.pk for partner in parties[PARTIES // 2 :]],
    )


def _series(number: int, approved_on: date) -> ProjectSeries:
    return ProjectSeries.objects.create(
        code=f"DEMO-SS{number:04d}",
        slug=f"demo-ss{number:04d}",
        title_fr=f"Série synthétique {number}",
        title_en=f"Synthetic series {number}",
        summary_fr="Projets engendrés pour les essais à grande échelle.",
        summary_en="Projects generated for scale runs.",
        status="approved",
        submitted_on=approved_on - timedelta(days=30),
        approved_on=approved_on,
    )


def _decision(series: ProjectSeries, day: date, cast: Cast) -> None:
    meeting = Meeting.objects.create(
        code=f"{series.code}-M",
        committee=cast.committee,
        status="closed",
        starts_at=at(day, 9, 30),
        ends_at=at(day, 11),
        opened_at=at(day, 9, 30),
        held_at=at(day, 11),
        closed_at=at(day, 11),
        closed_by=cast.author,
    )
    shared = {
        "kind": "approve_series",
        "outcome": "approved",
        "effect": "approve_series",
        "series": series,
        "title_fr": f"Approbation : {series.title_fr}",
        "title_en": f"Approval: {series.title_en}",
    }
    text = {"fr": "Le comité approuve la série.", "en": "The committee approves the series."}
    item = AgendaItem.objects.create(
        meeting=meeting,
        position=1,
        taken_at=meeting.starts_at,
        wording_fr=text["fr"],
        wording_en=text["en"],
        **shared,
    )
    Decision.objects.create(
        committee=cast.committee,
        year=day.year,
        number=next_number(cast.committee, day.year),
        meeting=meeting,
        item=item,
        text_fr=text["fr"],
        text_en=text["en"],
        decided_on=day,
        recorded_by=cast.author,
        recorded_at=meeting.closed_at,
        **shared,
    )


def _periods(series: ProjectSeries, calendar: Calendar, quarters: int) -> None:
    ReportingPeriod.objects.bulk_create(
        ReportingPeriod(
            series=series,
            starts_on=quarter.starts_on,
            ends_on=quarter.ends_on,
            opens_on=quarter.ends_on + timedelta(days=1),
            due_on=quarter.ends_on + timedelta(days=DAYS_TO_REPORT),
            opened_at=at(quarter.ends_on + timedelta(days=1), 6),
        )
        for quarter in (calendar.quarter(back) for back in range(quarters, 0, -1))
    )


def _agreement(number: int, series: ProjectSeries, parties: list, approved_on: date) -> None:
    signed_on = approved_on + timedelta(days=20)
    agreement = FundingAgreement.objects.create(
        code=f"DEMO-SK{number:04d}",
        series=series,
        title_fr=f"Convention synthétique {number}",
        title_en=f"Synthetic agreement {number}",
        status="in_force",
        approved_on=approved_on,
        opened_for_signature_on=approved_on,
        in_force_on=signed_on,
    )
    AgreementParty.objects.bulk_create(
        AgreementParty(
            agreement=agreement,
            partner=partner,
            position=position,
            role="funder" if position <= PARTIES // 2 else "recipient",
            signature="signed",
            signed_on=signed_on,
            signatory="Personne inventée",
            name_at_signature=partner.name_fr,
        )
        for position, partner in enumerate(parties, start=1)
    )
