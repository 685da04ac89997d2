"""What stands between a draft and its submission, said unit by unit in the person's language."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from projects.enums import HEALTH_NEEDING_SUPPORT
from projects.models import Milestone, ProgressReport
from projects.services.drafts import Content
from smartport import dates
from smartport.errors import Refusal


class Incomplete(Refusal):
    """The report cannot be sent yet; `context["problems"]` maps units (`cause`, `milestone-12`) to why."""

    code = "incomplete"
    status = 400


def problems(report: ProgressReport, content: Content) -> dict[str, str]:
    """By unit, or by part of a milestone (`milestone-12-reason`); the order is the form's."""
    found = dict(_problems_of_text(content))
    for milestone in report.project.milestones.all():
        unit = f"milestone-{milestone.pk}"
        if unit in content:
            found |= {
                f"{unit}-{part}": why for part, why in milestone_problems(milestone, content[unit])
            }
    for name in report.held_input:
        found.setdefault(name, _("This value cannot be kept as it is: correct it."))
    return found


def require_complete(report: ProgressReport, content: Content) -> None:
    if found := problems(report, content):
        raise Incomplete(
            _("This report is not complete yet."),
            remedy=_("Fill in the marked fields, then send it again. What you typed is kept."),
            problems=found,
        )


def _problems_of_text(content: Content) -> Iterator[tuple[str, str]]:
    if not content["health"]:
        yield "health", _("Choose the weather of the project.")
    if content["health"] in HEALTH_NEEDING_SUPPORT:
        if not content["cause"]:
            yield "cause", _("Rainy and stormy need their cause: say what hinders the project.")
        if not content["ask"]:
            yield "ask", _("Rainy and stormy need a request: say what you ask of the committee.")
    if content["completion_percent"] is None:
        yield "completion_percent", _("Give the completion, from 0 to 100.")
    if not content["achievements"]:
        yield "achievements", _("Say in a sentence or two what was done in this period.")
    if not content["public_summary_fr"]:
        yield (
            "public_summary_fr",
            _("Write the public summary in French: it is what everyone will read."),
        )


def milestone_problems(milestone: Milestone, value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(part, why) for the dates a report gives of one milestone."""
    forecast, actual = _date(value["forecast_on"]), _date(value["actual_on"])
    baseline = milestone.baseline_on
    if forecast and baseline and forecast < baseline and forecast != milestone.forecast_on:
        yield (
            "forecast_on",
            _(
                "The forecast cannot be before the baseline, %(day)s."
                " If it is reached early, say so under “Reached on”."
            )
            % {"day": dates.day(baseline)},
        )
    if actual and actual > timezone.localdate():
        yield "actual_on", _("This day is yet to come: give it as a forecast.")
    if slips(milestone, value) and not value["reason"]:
        yield "reason", _("This milestone slips: say why.")


def slips(milestone: Milestone, value: dict[str, Any]) -> bool:
    """Whether the day a report gives is later than the one the project had."""
    day = _date(value["actual_on"]) or _date(value["forecast_on"])
    return bool(day and milestone.expected_on and day > milestone.expected_on)


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
