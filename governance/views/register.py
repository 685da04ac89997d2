"""The register of decisions: public on public matters, whole for those who sit on the committee."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.filters import DecisionFilter
from governance.models import Action, Decision
from governance.permissions import can_do_action, can_verify_action
from governance.services import actions
from projects.rows import source_links
from smartport.errors import Refusal
from smartport.page_cache import public_page

PER_PAGE = 20


@public_page
def decision_list(request: HttpRequest) -> HttpResponse:
    visible = Decision.objects.visible_to(request.user).select_related(
        "committee", "meeting", "series", "project", "agreement"
    )
    found = DecisionFilter(request.GET, queryset=visible)
    rows = found.qs if found.is_valid() else visible
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "governance/decision_list.html", {"page": page, "filter": found})


@public_page
def decision_detail(request: HttpRequest, committee: str, reference: str) -> HttpResponse:
    year, _dash, number = reference.partition("-")
    decision = get_object_or_404(
        Decision.objects.visible_to(request.user)
        .select_related(
            "committee", "meeting", "series", "project", "agreement", "corrects__committee"
        )
        .prefetch_related("sources"),
        committee__slug=committee,
        year=int(year),
        number=int(number),
    )
    later = (
        Decision.objects.visible_to(request.user)
        .filter(corrects=decision)
        .select_related("committee")
    )
    projects = decision.series.projects.visible_to(request.user) if decision.series else []
    return render(
        request,
        "governance/decision_detail.html",
        {
            "decision": decision,
            "later": later,
            "projects": projects,
            "sources": source_links(decision.sources.all()),
        },
    )


@login_required
def action_detail(request: HttpRequest, pk: int) -> HttpResponse:
    action = get_object_or_404(
        Action.objects.visible_to(request.user).select_related(
            "committee", "meeting", "owner", "partner"
        ),
        pk=pk,
    )
    return render(
        request,
        "governance/action_detail.html",
        {
            "action": action,
            "may_do": can_do_action(request.user, action),
            "may_verify": can_verify_action(request.user, action),
        },
    )


@login_required
@require_POST
def action_progress(request: HttpRequest, pk: int) -> HttpResponse:
    action = get_object_or_404(Action.objects.visible_to(request.user), pk=pk)
    try:
        actions.progress_action(
            actor=request.user,
            action=action,
            to=request.POST.get("to", ""),
            evidence=request.POST.get("evidence", ""),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The action is up to date."))
    return redirect("governance:action_detail", pk=pk)
