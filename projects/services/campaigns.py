"""Reporting campaigns: open them by cadence or by hand, extend, mute, chase, close."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import islice

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import User
from projects import periods
from projects.enums import EDITABLE_REPORTS, REPORTING_STATUSES, SeriesStatus
from projects.models import (
    DueDateExtension,
    ProgressReport,
    Project,
    ProjectSeries,
    ReportingPeriod,
)
from projects.permissions import can_steer_campaigns
from projects.services import notices
from smartport import dates
from smartport.errors import NotAllowed, Refusal

BATCH = 500  # projects opened and told at a time: as much memory for many as for few


def batched(projects: Iterable[Project], size: int) -> Iterator[list[Project]]:
    rest = iter(projects)
    while some := list(islice(rest, size)):
        yield some


def open_reports(*, on: date) -> int:
    """Opens each campaign that is due, with one report by reporting project; returns the reports added.

    Safe to run twice or late: after an outage only the period that ended last is created, not those missed.
    """
    with pghistory.context(job="open_reports"):
        add_periods(on=on)
        due = ReportingPeriod.objects.to_open(on).filter(series__status=SeriesStatus.APPROVED)
        return sum(open_period(period=period) for period in due.order_by("starts_on", "id"))


@transaction.atomic
def add_periods(*, on: date) -> int:
    """The last period that ended before `on`, for each approved series that had none on those days."""
    asked = Project.objects.reporting().values("series")
    new = []
    for series in ProjectSeries.objects.select_for_update().filter(pk__in=asked).order_by("pk"):
        current, _last = periods.bounds(series.cadence, on)
        starts_on, ends_on = periods.bounds(series.cadence, current - timedelta(days=1))
        covered = series.periods.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists()
        if covered or series.approved_on is None or series.approved_on > ends_on:
            continue
        new.append(
            ReportingPeriod(
                series=series,
                starts_on=starts_on,
                ends_on=ends_on,
                opens_on=ends_on + timedelta(days=1),
                due_on=ends_on + timedelta(days=max(series.report_days, 1)),
            )
        )
    return len(ReportingPeriod.objects.bulk_create(new, ignore_conflicts=True))


@transaction.atomic
def open_period(*, period: ReportingPeriod) -> int:
    """One report for each project that reports; the partners' people are told. Returns the reports added."""
    period = (
        ReportingPeriod.objects.select_for_update(of=("self",))
        .select_related("series")
        .get(pk=period.pk)
    )
    asked = (
        Project.objects.reporting()
        .filter(series=period.series_id, approved_on__lte=period.ends_on)
        .exclude(reports__period=period)
        .select_related("lead")
        .order_by("code")
    )
    added = 0
    for some in batched(asked.iterator(chunk_size=BATCH), BATCH):
        reports = ProgressReport.objects.bulk_create(
            ProgressReport(project=project, period=period, due_on=due_day(project, period))
            for project in some
        )
        notices.tell_opened(reports)
        added += len(reports)
    if period.opened_at is None:
        period.opened_at = timezone.now()
        period.save(update_fields=["opened_at"])
    return added


def due_day(project: Project, period: ReportingPeriod) -> date:
    """The campaign's day, or that of a project which has its own number of days."""
    if project.report_days is None:
        return period.due_on
    return max(period.ends_on + timedelta(days=project.report_days), period.opens_on)


@transaction.atomic
def set_rhythm(
    *, actor: User, series: ProjectSeries, cadence: str, report_days: int
) -> ProjectSeries:
    """How often a series reports, and how long its partners have: for the campaigns still to come."""
    _require_steering(actor)
    if report_days < 1:
        raise Refusal(_("Give one day at least."), field="report_days")
    series = ProjectSeries.objects.select_for_update().get(pk=series.pk)
    series.cadence, series.report_days = cadence, report_days
    series.save(update_fields=["cadence", "report_days"])
    return series


@transaction.atomic
def set_report_days(*, actor: User, project: Project, report_days: int | None) -> Project:
    """A number of days of the project's own, or None for that of its series; reports already open keep their date."""
    _require_steering(actor)
    if report_days is not None and report_days < 1:
        raise Refusal(_("Give one day at least."), field="report_days")
    project = Project.objects.select_for_update().get(pk=project.pk)
    project.report_days = report_days
    project.save(update_fields=["report_days", "updated_at"])
    return project


@transaction.atomic
def plan(
    *,
    actor: User,
    series: ProjectSeries,
    starts_on: date,
    ends_on: date,
    opens_on: date,
    due_on: date,
) -> ReportingPeriod:
    """A campaign by hand, beside those the cadence makes; it opens at once when its day has come."""
    _require_steering(actor)
    series = ProjectSeries.objects.select_for_update().get(pk=series.pk)
    if series.status != SeriesStatus.APPROVED:
        raise Refusal(_("Campaigns begin once a series is approved."))
    if starts_on >= ends_on:
        raise Refusal(_("The last day comes after the first."), field="ends_on")
    if opens_on > due_on:
        raise Refusal(_("A campaign opens before it is due."), field="opens_on")
    if due_on < timezone.localdate():
        raise Refusal(_("This day is past: choose a later one."), field="due_on")
    if same := series.periods.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).first():
        raise Refusal(
            _("%(period)s covers these days already.") % {"period": same.label}, field="starts_on"
        )
    period = ReportingPeriod.objects.create(
        series=series, starts_on=starts_on, ends_on=ends_on, opens_on=opens_on, due_on=due_on
    )
    if opens_on <= timezone.localdate():
        open_period(period=period)
        period.refresh_from_db()
    return period


@transaction.atomic
def open_one(
    *, actor: User, period: ReportingPeriod, project: Project, due_on: date
) -> ProgressReport:
    """Asks one project of the series for a report, with a due date of its own; once."""
    _require_steering(actor)
    period = ReportingPeriod.objects.select_for_update().get(pk=period.pk)
    project = Project.objects.select_related("lead").get(pk=project.pk)
    if project.series_id != period.series_id or project.status not in REPORTING_STATUSES:
        raise Refusal(_("This project does not report in this campaign."), field="project")
    if due_on < timezone.localdate():
        raise Refusal(_("This day is past: choose a later one."), field="due_on")
    report, added = ProgressReport.objects.get_or_create(
        project=project, period=period, version=1, defaults={"due_on": due_on}
    )
    if added:
        notices.tell_opened([report])
    return report


@transaction.atomic
def extend(*, actor: User, report: ProgressReport, due_on: date, reason: str) -> ProgressReport:
    """A later due date for one report, kept with its reason; opens it again after its campaign closed."""
    _require_steering(actor)
    report = (
        ProgressReport.objects.select_for_update(of=("self",))
        .select_related("project__lead", "period")
        .get(pk=report.pk)
    )
    if report.status not in EDITABLE_REPORTS:
        raise Refusal(_("This report has been sent: it needs no extension."))
    if due_on <= report.due_on:
        raise Refusal(
            _("The new date must be later than %(day)s.") % {"day": dates.day(report.due_on)},
            field="due_on",
        )
    if not reason.strip():
        raise Refusal(_("Say why: the reason stays with the report."), field="reason")
    former = report.due_on
    DueDateExtension.objects.create(
        report=report, from_on=former, to_on=due_on, reason=reason.strip(), author=actor
    )
    report.due_on = due_on
    report.save(update_fields=["due_on"])
    notices.tell_extended(report, reason.strip(), former)
    return report


@transaction.atomic
def mute(*, actor: User, project: Project, reason: str) -> Project:
    """No report is asked of the project until `unmute`; open ones stop being chased."""
    _require_steering(actor)
    if not reason.strip():
        raise Refusal(_("Say why no report is asked: partners see the reason."), field="reason")
    project = Project.objects.select_for_update().get(pk=project.pk)
    project.reporting_muted_reason = reason.strip()
    with pghistory.context(reason=reason.strip()):
        project.save(update_fields=["reporting_muted_reason", "updated_at"])
    return project


@transaction.atomic
def unmute(*, actor: User, project: Project) -> Project:
    """Reports are asked again, beginning with the campaigns open today."""
    _require_steering(actor)
    project = Project.objects.select_for_update().get(pk=project.pk)
    project.reporting_muted_reason = ""
    project.save(update_fields=["reporting_muted_reason", "updated_at"])
    for period in _open_periods(project.series_id):
        open_period(period=period)
    return project


@transaction.atomic
def change_dates(
    *, actor: User, period: ReportingPeriod, opens_on: date, due_on: date
) -> ReportingPeriod:
    """Moves a whole campaign; reports with an extension of their own keep it."""
    _require_steering(actor)
    period = ReportingPeriod.objects.select_for_update().get(pk=period.pk)
    if opens_on > due_on:
        raise Refusal(_("A campaign opens before it is due."), field="opens_on")
    former = period.due_on
    period.opens_on, period.due_on = opens_on, due_on
    period.save(update_fields=["opens_on", "due_on"])
    ProgressReport.objects.filter(
        period=period,
        due_on=former,
        status__in=EDITABLE_REPORTS,
        extensions__isnull=True,
        project__report_days__isnull=True,
    ).update(due_on=due_on)
    return period


@transaction.atomic
def close(*, actor: User, period: ReportingPeriod, on: date) -> ReportingPeriod:
    """What nobody sent by `on` reads “not reported”; only an extension lets it be written after."""
    _require_steering(actor)
    period = ReportingPeriod.objects.select_for_update().get(pk=period.pk)
    if period.opened_at is None:
        raise Refusal(_("This campaign is not open yet."))
    if on < period.due_on:
        raise Refusal(
            _("This campaign is due on %(day)s: it cannot close before.")
            % {"day": dates.day(period.due_on)}
        )
    if period.closed_on is None:
        period.closed_on = on
        period.save(update_fields=["closed_on"])
    return period


@transaction.atomic
def reopen(*, actor: User, period: ReportingPeriod) -> ReportingPeriod:
    _require_steering(actor)
    period = ReportingPeriod.objects.select_for_update().get(pk=period.pk)
    period.closed_on = None
    period.save(update_fields=["closed_on"])
    return period


@transaction.atomic
def chase(*, actor: User, reports: Sequence[ProgressReport]) -> int:
    """Reminds those who can write these reports, once a day at most; returns the messages queued."""
    _require_steering(actor)
    asked = (
        ProgressReport.objects.editable()
        .asked_on(timezone.localdate())
        .filter(pk__in=[report.pk for report in reports])
        .select_related("project__lead", "period")
        .order_by("pk")
    )
    return notices.chase(list(asked))


def _open_periods(series_id: int | None) -> list[ReportingPeriod]:
    return list(
        ReportingPeriod.objects.filter(
            series=series_id, opened_at__isnull=False, closed_on__isnull=True
        ).order_by("starts_on")
    )


def _require_steering(actor: User) -> None:
    if not can_steer_campaigns(actor):
        raise NotAllowed(_("Only the secretariat steers reporting campaigns."))
