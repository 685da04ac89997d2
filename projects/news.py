"""What changed in the projects a person takes part in, for their digest."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from projects.enums import ReviewAction
from projects.models import MilestoneSlip, Project, ReviewNote
from smartport import dates
from smartport.messages import News

if TYPE_CHECKING:
    from partners.models import User

MOST = 200  # of each kind: a digest shows far fewer


def news_of(user: "User", after: datetime, until: datetime) -> Iterator[News]:
    """Reports sent, sent back, accepted or talked about, milestones that slipped; nothing of one's own doing."""
    mine = Project.objects.all() if user.runs_the_cycle else Project.objects.of(user)
    window = {"at__gt": after, "at__lte": until}
    notes = (
        ReviewNote.objects.filter(report__project__in=mine, **window)
        .exclude(author=user)
        .exclude(action=ReviewAction.CONFIRMED)
        .select_related("report__project", "report__period")
        .order_by("-at", "-pk")
    )
    for note in notes[:MOST]:
        report = note.report
        title = _("%(report)s: %(action)s") % {
            "report": _("Report for %(period)s") % {"period": report.period.label},
            "action": str(note.get_action_display()).lower(),
        }
        project = report.project
        yield News(project.title, title, note.at, report.get_absolute_url(), project.is_demo)
    yield from _slips(user, mine, window)


def _slips(user: "User", mine: object, window: dict[str, datetime]) -> Iterator[News]:
    slips = (
        MilestoneSlip.objects.filter(milestone__project__in=mine, **window)
        .exclude(author=user)
        .select_related("milestone__project")
        .order_by("-at", "-pk")
    )
    for slip in slips[:MOST]:
        project = slip.milestone.project
        title = _("“%(name)s” now on %(day)s: %(reason)s") % {
            "name": slip.milestone.title,
            "day": dates.short_day(slip.to_on),
            "reason": slip.reason,
        }
        yield News(project.title, title, slip.at, project.get_absolute_url(), project.is_demo)
