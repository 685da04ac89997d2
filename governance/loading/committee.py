"""The steering committee, its seats, and its documented meeting with the decision taken there."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.db import models
from django.utils import timezone

from governance.loading.rows import Tally, bilingual, by_code, put, put_links, read
from governance.models import AgendaItem, Committee, Decision, Meeting, Seat
from partners.models import Partner, Source
from projects.models import ProjectSeries

FILE = Path(__file__).resolve().parents[1] / "data" / "steering_committee.yaml"
Facts = dict[str, Any]


def load_committee(tally: Tally) -> None:
    facts = read(FILE)
    committee = _committee(facts["committee"], tally)
    meeting = _meeting(committee, facts["meeting"], tally)
    _decision(meeting, facts["decision"], tally)


def _committee(facts: Facts, tally: Tally) -> Committee:
    values = {
        **bilingual(name=facts["name"]),
        "slug": facts["slug"],
        "kind": "steering",
        "quorum_rule": "none",
    }
    committee = put(Committee, {"code": facts["code"]}, values, tally)
    for position, partner in enumerate(by_code(Partner, facts["seats"], where="seats"), start=1):
        key = {"committee": committee, "partner": partner}
        put(Seat, key, {"kind": "voting", "position": position}, tally)
    _cite(committee, facts, tally)
    return committee


def _meeting(committee: Committee, facts: Facts, tally: Tally) -> Meeting:
    """Only its day is known: midnight in Paris stands for it, and `time_known` says so."""
    day = timezone.make_aware(datetime.combine(facts["day"], time.min))
    values = {
        **bilingual(title=facts["title"], place=facts["place"], note=facts["note"]),
        "committee": committee,
        "status": "closed",
        "starts_at": day,
        "held_at": day,
        "closed_at": day,
        "time_known": False,
        "is_public": True,
    }
    meeting = put(Meeting, {"code": facts["code"]}, values, tally)
    _cite(meeting, facts, tally)
    return meeting


def _decision(meeting: Meeting, facts: Facts, tally: Tally) -> None:
    shared = {
        "kind": "approve_series",
        "outcome": "approved",
        "effect": "approve_series",
        "series": by_code(ProjectSeries, [facts["series"]], where="decision")[0],
    }
    about = {
        **bilingual(title=facts["title"], wording=facts["text"]),
        **shared,
        "taken_at": meeting.held_at,
    }
    item = put(AgendaItem, {"meeting": meeting, "position": 1}, about, tally)
    key = {"committee": meeting.committee, "year": meeting.day.year, "number": facts["number"]}
    values = {
        **bilingual(title=facts["title"], text=facts["text"], note=facts["note"]),
        **shared,
        "meeting": meeting,
        "item": item,
        "decided_on": meeting.day,
    }
    _cite(put(Decision, key, values, tally, fixed=True), facts, tally)


def _cite(row: models.Model, facts: Facts, tally: Tally) -> None:
    put_links(row, "sources", by_code(Source, facts["sources"], where=str(row)), tally)
