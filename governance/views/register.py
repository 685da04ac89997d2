"""The register of decisions: public on public matters, whole for those who sit on the committee."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.filters import DecisionFilter
from governance.forms import CorrectionForm
from governance.models import Decision, MinutesExtract
from governance.permissions import can_correct_decision, can_prepare_meetings
from governance.services import corrections
from projects.models import Amendment, FundingAgreement, Project, ProjectSeries
from projects.rows import source_links
from smartport.errors import Refusal
from smartport.openness import datasets
from smartport.page_cache import public_page

PER_PAGE = 20
MOST_PROJECTS = 50


@public_page
@require_safe
def decision_list(request: HttpRequest) -> HttpResponse:
    visible = Decision.objects.visible_to(request.user).select_related("committee", "meeting")
    visible = visible.prefetch_related(
        Prefetch("corrected_by", Decision.objects.visible_to(request.user))
    )
    found = DecisionFilter(request.GET, queryset=visible)
    rows = found.qs if found.is_valid() else visible
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "filter": found,
        "narrowed": any(query.values()),
        "refined": any(value for name, value in query.items() if name != "q"),
        "formats": list(datasets["decisions"].formats),
        "query": query.urlencode(),
    }
    return render(request, "governance/decision_list.html", context)


def _asked_for(request: HttpRequest, committee: str, reference: str) -> Decision:
    year, _dash, number = reference.partition("-")
    decisions: QuerySet[Decision] = Decision.objects.visible_to(request.user)
    return get_object_or_404(
        decisions.select_related("committee", "meeting", "corrects__committee").prefetch_related(
            "sources",
            Prefetch("corrected_by", decisions.select_related("committee")),
            Prefetch("series", ProjectSeries.objects.visible_to(request.user)),
            Prefetch("project", Project.objects.visible_to(request.user)),
            Prefetch("agreement", FundingAgreement.objects.visible_to(request.user)),
            Prefetch("amendment", Amendment.objects.visible_to(request.user)),
        ),
        committee__slug=committee,
        year=int(year),
        number=int(number),
    )


@public_page
@require_safe
def decision_detail(request: HttpRequest, committee: str, reference: str) -> HttpResponse:
    decision = _asked_for(request, committee, reference)
    may_correct = can_correct_decision(request.user, decision)
    projects = decision.series.projects.visible_to(request.user) if decision.series else []
    earlier = Decision.objects.visible_to(request.user).filter(pk=decision.corrects_id)
    return render(
        request,
        "governance/decision_detail.html",
        {
            "decision": decision,
            "extract": MinutesExtract.objects.filter(minutes__meeting=decision.meeting_id).first(),
            "earlier": earlier.select_related("committee").first()
            if decision.corrects_id
            else None,
            "later": decision.corrected_by.all(),
            "projects": projects[:MOST_PROJECTS],
            "sources": source_links(decision.sources.all()),
            "may_correct": may_correct,
            "proposed": corrections.proposed(decision) if may_correct else None,
        },
    )


@login_required
def decision_correct(request: HttpRequest, committee: str, reference: str) -> HttpResponse:
    """Puts on an agenda that the decision be corrected or withdrawn; it stands until that meeting closes."""
    decision = _asked_for(request, committee, reference)
    if not can_prepare_meetings(request.user):
        raise PermissionDenied
    form = CorrectionForm(request.POST or None, decision=decision)
    if request.method == "POST" and form.is_valid():
        try:
            item = corrections.propose(actor=request.user, decision=decision, **form.proposal())
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The item is on the agenda."))
            return redirect(item.meeting)
    context = {"form": form, "decision": decision}
    return render(
        request, "governance/decision_correct.html", context, status=422 if form.errors else 200
    )
