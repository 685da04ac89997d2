"""The secretariat's side: what waits for a review, and the review itself."""

from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from projects.forms.reviews import ReviewForm
from projects.models import ProgressReport
from projects.permissions import can_review_report
from projects.reading import reading_of
from projects.services import reviews
from projects.views.reports import visible_report
from smartport.errors import Refusal

PER_PAGE = 25


def for_secretariat(view: Any) -> Any:
    """Others who are signed in get 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.runs_the_cycle:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return login_required(guarded)


@for_secretariat
@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    waiting = (
        ProgressReport.objects.visible_to(request.user)
        .awaiting_review()
        .select_related("project__lead", "period__series", "submitted_by")
        .order_by("submitted_at", "pk")
    )
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    count = page.paginator.count
    sentence = (
        ngettext("%(count)s report waits for you.", "%(count)s reports wait for you.", count)
        % {"count": count}
        if count
        else _("No report waits for you.")
    )
    return render(request, "projects/review_list.html", {"page": page, "sentence": sentence})


@for_secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def report_review(request: HttpRequest, pk: int) -> HttpResponse:
    """One form: accept, or send back with a reason beside each section."""
    report = visible_report(request, pk)
    if request.method == "POST":
        return _review(request, report)
    if not can_review_report(request.user, report):
        return redirect(report)
    return _page(request, report, ReviewForm())


def _review(request: HttpRequest, report: ProgressReport) -> HttpResponse:
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _page(request, report, form)
    try:
        if form.cleaned_data["action"] == "accept":
            reviews.accept(actor=request.user, report=report, remark=form.cleaned_data["remark"])
            done = _("The report is accepted. Its public summary is on the page of the project.")
        else:
            reviews.send_back(
                actor=request.user,
                report=report,
                reasons=form.reasons(),
                due_on=form.cleaned_data["due_on"],
            )
            done = _("The report is sent back. The partner is told why.")
    except reviews.ReasonNeeded as refusal:
        form.add_error(refusal.field, str(refusal))
        return _page(request, report, form)
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, str(refusal))
        return redirect(report)
    messages.success(request, done)
    return redirect("projects:review_list")


def _page(request: HttpRequest, report: ProgressReport, form: ReviewForm) -> HttpResponse:
    reading = reading_of(report)
    context = {
        "report": report,
        "project": report.project,
        "reading": reading,
        "form": form,
        "sections": form.with_sections(reading),
        "evidence": report.evidence.all(),
        "notes": report.review_notes.select_related("author").order_by("at", "id"),
    }
    return render(
        request, "projects/report_review.html", context, status=422 if form.errors else 200
    )
