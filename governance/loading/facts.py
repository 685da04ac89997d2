"""The sourced public facts, from the data files to the database: who the partners are, and what they published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.utils.text import slugify

from governance.loading.committee import load_committee
from governance.loading.rows import Tally, bilingual, by_code, money, put, put_links, read
from partners.models import Partner, PartnerName, Source
from projects.models import (
    AgreementParty,
    Framework,
    FundingAgreement,
    Project,
    ProjectPartner,
    ProjectSeries,
    StrategicGoal,
)

DATA = Path(__file__).resolve().parents[2] / "projects" / "data"
Row = dict[str, Any]


def load_facts(told: Callable[[str], None] = lambda step: None) -> Tally:
    """Loads every file in one transaction; `told` hears the name of each step before it begins."""
    tally = Tally()
    with transaction.atomic():
        for name, step in _steps():
            told(name)
            step(tally)
    return tally


def _steps() -> Iterator[tuple[str, Callable[[Tally], None]]]:
    portfolio = read(DATA / "portfolio.yaml")
    yield "sources", lambda tally: _sources(read(DATA / "sources.yaml"), tally)
    yield "partners", lambda tally: _each(_partner, read(DATA / "partners.yaml"), tally)
    yield "goals", lambda tally: _goals(portfolio["goals"], tally)
    yield "frameworks", lambda tally: _each(_framework, portfolio["frameworks"], tally)
    yield "series", lambda tally: _each(_series, portfolio["series"], tally)
    yield "projects", lambda tally: _each(_project, portfolio["projects"], tally)
    yield "agreements", lambda tally: _each(_agreement, portfolio["agreements"], tally)
    yield "steering committee", load_committee


def _each(load: Callable[[Row, Tally], None], rows: list[Row], tally: Tally) -> None:
    for row in rows:
        load(row, tally)


def _sources(rows: list[Row], tally: Tally) -> None:
    for row in rows:
        values = {
            **bilingual(title=row),
            "address": row.get("address", ""),
            "published_on": row.get("published_on", ""),
        }
        put(Source, {"code": row["code"]}, values, tally)


def _cite(row: models.Model, facts: Row, tally: Tally) -> None:
    codes = facts["sources"]
    put_links(row, "sources", by_code(Source, codes, where=facts["code"]), tally)


def _partner(facts: Row, tally: Tally) -> None:
    values = {
        **bilingual(
            name=facts["name"],
            short_name=facts.get("short_name"),
            about=facts.get("about"),
            note=facts.get("note"),
        ),
        "slug": slugify(facts.get("short_name", facts["name"])["fr"]),
        **{name: facts[name] for name in ("kind", "role")},
        **{name: facts.get(name, "") for name in ("siren", "siret", "website")},
    }
    partner = put(Partner, {"code": facts["code"]}, values, tally)
    for former in facts.get("names", []):
        dates = {"start": former.get("start"), "end": former.get("end")}
        put(PartnerName, {"partner": partner, "name": former["name"]}, dates, tally)
    _cite(partner, facts, tally)


def _goals(rows: list[Row], tally: Tally) -> None:
    for position, row in enumerate(rows, start=1):
        values = {**bilingual(title=row), "slug": slugify(row["code"]), "position": position}
        goal = put(StrategicGoal, {"code": row["code"]}, values, tally)
        put_links(goal, "sources", by_code(Source, ["SEED"], where=row["code"]), tally)


def _framework(facts: Row, tally: Tally) -> None:
    values = {
        **bilingual(
            title=facts["name"],
            short_title=facts.get("short_name"),
            description=facts.get("description"),
        ),
        "slug": slugify(facts["code"]),
        "owner": by_code(Partner, [facts["owner"]], where=facts["code"])[0],
        "period": facts.get("period", ""),
    }
    _cite(put(Framework, {"code": facts["code"]}, values, tally), facts, tally)


def _series(facts: Row, tally: Tally) -> None:
    values = {
        **bilingual(title=facts["title"], summary=facts["summary"]),
        "slug": facts["slug"],
        "status": "approved",
        "approved_on": facts["approved_on"],
    }
    _cite(put(ProjectSeries, {"code": facts["code"]}, values, tally), facts, tally)


def _project(facts: Row, tally: Tally) -> None:
    texts = ("title", "summary", "description", "dates_note", "place", "note")
    approved_on = facts.get("approved_on")
    values = {
        **bilingual(**{name: facts.get(name) for name in texts}),
        **{name: facts[name] for name in ("slug", "standing")},
        **{name: facts.get(name) for name in ("start_on", "end_on")},
        **{name: facts.get(name, "") for name in ("lead_in_words", "reporting_muted_reason")},
        "series": _one(ProjectSeries, facts, "series"),
        "lead": _one(Partner, facts, "lead"),
        "total_cost": money(facts.get("total_cost")),
        "approved_on": approved_on,
        "status": "approved" if approved_on else "proposed",
        "status_since": approved_on,
    }
    project = put(Project, {"code": facts["code"]}, values, tally)
    for partner in by_code(Partner, facts.get("partners", []), where=facts["code"]):
        put(ProjectPartner, {"project": project, "partner": partner, "role": "partner"}, {}, tally)
    _cite(project, facts, tally)


def _one(model: type[models.Model], facts: Row, name: str) -> models.Model | None:
    return by_code(model, [facts[name]], where=facts["code"])[0] if name in facts else None


def _agreement(facts: Row, tally: Tally) -> None:
    texts = {name: facts[name] for name in ("title", "summary", "note")}
    values = {**bilingual(**texts), "status": facts["status"], "is_sourced": True}
    agreement = put(FundingAgreement, {"code": facts["code"]}, values, tally)
    for position, party in enumerate(facts["parties"], start=1):
        _party(agreement, party, position, tally)
    _cite(agreement, facts, tally)


def _party(agreement: FundingAgreement, facts: Row, position: int, tally: Tally) -> None:
    partner = by_code(Partner, [facts["partner"]], where=agreement.code)[0]
    signed_on = facts.get("signed_on")
    values = {
        "position": position,
        "role": facts["role"],
        "signature": facts.get("signature", "not_asked"),
        "signed_on": signed_on,
        "reported_by_source": signed_on is not None,
        "name_at_signature": partner.name_on(signed_on) if signed_on else "",
    }
    key = {"agreement": agreement, "amendment": None, "partner": partner}
    put(AgreementParty, key, values, tally, fixed=signed_on is not None)
