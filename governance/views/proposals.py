"""Items proposed by partners: their own list and form, and the secretariat's answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from governance.forms import ProposalForm, SettleForm
from governance.models import ItemProposal
from governance.permissions import can_propose_item
from governance.services import proposals
from governance.views.access import for_secretariat
from smartport.errors import Refusal

PER_PAGE = 20


@require_safe
@login_required
def proposal_list(request: HttpRequest) -> HttpResponse:
    rows = ItemProposal.objects.visible_to(request.user).select_related(
        "meeting__committee", "partner", "project", "proposed_by"
    )
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "meetings": list(proposals.meetings_taking(request.user)[:5]),
        "may_propose": can_propose_item(request.user),
    }
    return render(request, "governance/proposal_list.html", context)


@login_required
def proposal_create(request: HttpRequest) -> HttpResponse:
    if not can_propose_item(request.user):
        raise PermissionDenied
    sent = request.POST if request.method == "POST" else None
    form = ProposalForm(sent, user=request.user)
    if sent is not None and form.is_valid():
        try:
            proposals.propose(actor=request.user, **form.cleaned_data)
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The item is proposed. The secretariat will answer."))
            return redirect("governance:proposal_list")
    status = 422 if form.errors else 200
    return render(request, "governance/proposal_form.html", {"form": form}, status=status)


@require_POST
@login_required
def proposal_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = get_object_or_404(ItemProposal.objects.visible_to(request.user), pk=pk)
    try:
        proposals.withdraw(actor=request.user, proposal=proposal)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The proposal is withdrawn."))
    return redirect("governance:proposal_list")


@for_secretariat
def proposal_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """`to=accept` puts it on the agenda, `to=decline` answers with the reason."""
    proposal = get_object_or_404(
        ItemProposal.objects.visible_to(request.user).select_related(
            "meeting__committee", "partner", "project", "proposed_by"
        ),
        pk=pk,
    )
    sent = request.POST if request.method == "POST" else None
    form = SettleForm(sent, meeting=proposal.meeting)
    if sent is not None and form.is_valid():
        data = form.cleaned_data
        try:
            if sent.get("to") == "decline":
                proposals.decline(actor=request.user, proposal=proposal, answer=data["answer"])
                done = _("The proposal is declined, and its author is told.")
            else:
                late = data.get("late_reason", "")
                proposals.accept(actor=request.user, proposal=proposal, late_reason=late)
                done = _("The item is on the agenda.")
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, done)
            return redirect(proposal.meeting)
    context = {"form": form, "proposal": proposal, "meeting": proposal.meeting}
    status = 422 if form.errors else 200
    return render(request, "governance/proposal_settle.html", context, status=status)
