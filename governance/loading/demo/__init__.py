"""Demonstration rows (codes `DEMO-`): a small invented partnership in mid-cycle, for trial databases only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from governance.loading.demo.calendar import Calendar
from governance.loading.demo.meetings import load_meetings
from governance.loading.demo.money import load_agreements
from governance.loading.demo.people import load_people
from governance.loading.demo.projects import load_projects
from governance.loading.demo.reports import load_reports
from governance.loading.facts import load_facts
from governance.loading.rows import read
from partners.models import Partner

DATA = Path(__file__).resolve().parents[2] / "data" / "demo"


class NotATrial(Exception):
    """Invented rows were asked for outside a trial database."""

    def __init__(self, command: str) -> None:
        super().__init__(
            f"{command}: this is not a trial database, invented rows stay out of it. "
            "For a trial, use `make run`, or set TRIAL=true on a database of its own."
        )


def demand_trial(command: str) -> None:
    if not settings.TRIAL:
        raise NotATrial(command)


def load_demo(
    *, today: date | None = None, told: Callable[[str], None] = lambda step: None
) -> bool:
    """Loads the demonstration around `today`, on top of the public facts; False when it is already there."""
    demand_trial("load_demo")
    with transaction.atomic():
        load_facts()
        if Partner.objects.filter(code="DEMO-A").exists():
            return False
        _load(Calendar(today or timezone.localdate()), told)
    return True


def _load(calendar: Calendar, told: Callable[[str], None]) -> None:
    projects = read(DATA / "projects.yaml")
    told("partners and people")
    load_people(read(DATA / "partners.yaml"), calendar)
    told("series and projects")
    load_projects(projects, calendar)
    told("agreements")
    contributions = load_agreements(read(DATA / "money.yaml")["agreements"], calendar)
    told("reports")
    load_reports(projects["projects"], calendar, contributions)
    told("committee, meetings and annexes")
    load_meetings(read(DATA / "meetings.yaml"), read(DATA / "papers.yaml")["papers"], calendar)
