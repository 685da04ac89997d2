"""The secretariat's campaigns: the matrix, reminders, more time, projects not asked, dates and closing."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects import campaigns
from projects.enums import REPORTING_STATUSES, SeriesStatus
from projects.forms.campaigns import (
    ExtensionForm,
    MuteForm,
    OpenOneForm,
    PeriodForm,
    PlanForm,
    ProjectDaysForm,
    RhythmForm,
)
from projects.models import ProgressReport, Project, ProjectSeries, ReportingPeriod
from projects.services import campaigns as services
from projects.views.reports import visible_report
from projects.views.reviews import for_secretariat
from smartport.errors import Refusal

PER_PAGE = 25


@for_secretariat
@require_safe
def campaign_matrix(request: HttpRequest) -> HttpResponse:
    """One series at a time, the newest first; `series` in the address chooses another."""
    running = ProjectSeries.objects.visible_to(request.user).filter(status=SeriesStatus.APPROVED)
    choices = list(running.filter(projects__approved_on__isnull=False).distinct())
    series = next((one for one in choices if one.slug == request.GET.get("series")), None)
    series = series or next(iter(choices), None)
    context: dict[str, Any] = {"choices": choices, "series": series}
    if series is not None:
        periods = campaigns.latest_periods(series)
        columns = campaigns.columns(periods)
        page = Paginator(campaigns.leads_of(series), PER_PAGE).get_page(request.GET.get("page"))
        newest = next((column for column in columns if column.period.opened_at), None)
        context |= {
            "page": page,
            "columns": columns,
            "lines": campaigns.lines(page.object_list, series, periods, timezone.localdate()),
            "sentence": campaigns.sentence(newest),
            "newest": newest.period if newest else None,
            "muted": Project.objects.filter(series=series)
            .exclude(reporting_muted_reason="")
            .select_related("lead")
            .order_by("code"),
        }
    return render(request, "projects/campaign_matrix.html", context)


@for_secretariat
@require_POST
def campaign_remind(request: HttpRequest) -> HttpResponse:
    """Those ticked, or with `period` all of a campaign that are missing."""
    visible = ProgressReport.objects.visible_to(request.user)
    ticked = [int(pk) for pk in request.POST.getlist("report") if pk.isdecimal()]
    period = request.POST.get("period", "")
    chosen = (
        visible.filter(period=int(period)) if period.isdecimal() else visible.filter(pk__in=ticked)
    )
    told = services.chase(actor=request.user, reports=list(chosen.order_by("pk")))
    if told:
        words = ngettext("%(count)s reminder is queued.", "%(count)s reminders are queued.", told)
        messages.success(request, words % {"count": told})
    else:
        messages.info(
            request, _("Nobody is left to remind today: each person is reminded once a day.")
        )
    return redirect(_matrix(request.POST.get("series", "")))


def _matrix(slug: str) -> str:
    url = reverse("projects:campaigns")
    known = slug and ProjectSeries.objects.filter(slug=slug).exists()
    return f"{url}?series={slug}" if known else url


@for_secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def report_extend(request: HttpRequest, pk: int) -> HttpResponse:
    report = visible_report(request, pk)
    form = ExtensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = _tried(form, services.extend, actor=request.user, report=report, **form.cleaned_data)
        if done:
            messages.success(request, _("The new date is recorded and the partner is told."))
            return redirect(_matrix(report.project.series.slug))
    return _form_page(request, "projects/report_extend.html", form, report=report)


def _reporting_project(request: HttpRequest, slug: str) -> Project:
    visible = Project.objects.visible_to(request.user).select_related("series", "lead")
    return get_object_or_404(visible, slug=slug, series__isnull=False)


@for_secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def project_mute(request: HttpRequest, slug: str) -> HttpResponse:
    """Stops asking a project for reports, or asks again where it was muted."""
    project = _reporting_project(request, slug)
    if request.method == "POST" and project.reporting_muted_reason:
        services.unmute(actor=request.user, project=project)
        messages.success(request, _("Reports are asked of this project again."))
        return redirect(_matrix(project.series.slug))
    form = MuteForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and _tried(form, services.mute, actor=request.user, project=project, **form.cleaned_data)
    ):
        messages.success(request, _("No report is asked of this project until you say so."))
        return redirect(_matrix(project.series.slug))
    return _form_page(request, "projects/project_mute.html", form, project=project)


@for_secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def project_days(request: HttpRequest, slug: str) -> HttpResponse:
    """A number of days of the project's own between the end of a period and its due date."""
    project = _reporting_project(request, slug)
    form = ProjectDaysForm(request.POST or None, instance=project)
    if (
        request.method == "POST"
        and form.is_valid()
        and _tried(
            form, services.set_report_days, actor=request.user, project=project, **form.cleaned_data
        )
    ):
        messages.success(request, _("The due dates to come are changed for this project."))
        return redirect("projects:campaign_series", project.series.slug)
    return _form_page(request, "projects/project_days.html", form, project=project)


@for_secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_series(request: HttpRequest, slug: str) -> HttpResponse:
    """The cadence of a series, a campaign by hand, and the projects that have a rule of their own."""
    visible = ProjectSeries.objects.visible_to(request.user)
    series = get_object_or_404(visible, slug=slug, status=SeriesStatus.APPROVED)
    action = request.POST.get("action", "")
    rhythm = RhythmForm(request.POST if action == "rhythm" else None, instance=series)
    plan = PlanForm(request.POST if action == "plan" else None, series=series, prefix="plan")
    asked: dict[str, Any] = {"actor": request.user, "series": series}
    for form, verb, done in (
        (rhythm, services.set_rhythm, _("The cadence is changed for the campaigns to come.")),
        (plan, services.plan, _("The campaign is planned.")),
    ):
        if form.is_bound and form.is_valid() and _tried(form, verb, **asked, **form.cleaned_data):
            messages.success(request, done)
            return redirect("projects:campaign_series", series.slug)
    reporting = Project.objects.filter(series=series, status__in=REPORTING_STATUSES)
    page = Paginator(reporting.select_related("lead").order_by("code"), PER_PAGE)
    context = {
        "series": series,
        "rhythm_form": rhythm,
        "plan_form": plan,
        "page": page.get_page(request.GET.get("page")),
    }
    wrong = bool(rhythm.errors or plan.errors)
    return render(request, "projects/campaign_series.html", context, status=422 if wrong else 200)


@for_secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def period_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Dates of a campaign; close it, open it again, or ask one more project."""
    period = get_object_or_404(
        ReportingPeriod.objects.select_related("series").filter(
            series__in=ProjectSeries.objects.visible_to(request.user)
        ),
        pk=pk,
    )
    action = request.POST.get("action", "")
    dates_form = PeriodForm(
        request.POST if action == "dates" else None, instance=period, prefix="dates"
    )
    one_form = OpenOneForm(request.POST if action == "one" else None, period=period, prefix="one")
    done = _period_action(request, period, action, dates_form, one_form)
    if done:
        messages.success(request, done)
        return redirect("projects:period_edit", period.pk)
    wrong = bool(dates_form.errors or one_form.errors)
    context = {"period": period, "dates_form": dates_form, "one_form": one_form}
    return render(request, "projects/period_edit.html", context, status=422 if wrong else 200)


def _period_action(
    request: HttpRequest,
    period: ReportingPeriod,
    action: str,
    dates_form: PeriodForm,
    one_form: OpenOneForm,
) -> str:
    """What was done, in words; empty when nothing was."""
    asked: dict[str, Any] = {"actor": request.user, "period": period}
    if action == "dates" and dates_form.is_valid():
        if _tried(dates_form, services.change_dates, **asked, **dates_form.cleaned_data):
            return _("The dates of the campaign are changed.")
    elif action == "one" and one_form.is_valid():
        if _tried(one_form, services.open_one, **asked, **one_form.cleaned_data):
            return _("The report is open and the partner is told.")
    elif action == "close":
        try:
            services.close(**asked, on=timezone.localdate())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            return _("The campaign is closed.")
    elif action == "reopen":
        services.reopen(**asked)
        return _("The campaign is open again.")
    return ""


def _tried(form: Any, verb: Any, **arguments: Any) -> bool:
    """Whether the service did it; a refusal is said beside the field it belongs to."""
    try:
        verb(**arguments)
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        refusal.add_to(form)
        return False
    return True


def _form_page(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)
