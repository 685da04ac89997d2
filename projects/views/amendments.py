"""Amendments of an agreement: drafted like it, and opened for signature once the committee approved them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from projects.enums import AgreementStatus
from projects.forms.agreement_drafts import AmendmentForm, ApprovalForm
from projects.permissions import can_amend
from projects.services import amendments, effects
from projects.views.agreement_drafts import agreement_to_write, closed, fresh, page, said, tried


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def amendment_new(request: HttpRequest, code: str) -> HttpResponse:
    agreement = agreement_to_write(request, code)
    if not can_amend(request.user, agreement):
        messages.info(request, _("Only an agreement that is being signed or in force is amended."))
        return redirect(agreement)
    form = AmendmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = tried(
            form,
            lambda: amendments.draft_amendment(
                actor=request.user, agreement=agreement, values=form.cleaned_data
            ),
        )
        if made:
            messages.success(
                request, _("The amendment is drafted, with the parties of the agreement.")
            )
            return redirect(agreement)
    context = {
        "form": form,
        "agreement": agreement,
        "title": _("New amendment"),
        "save": _("Make the draft"),
    }
    return page(request, "form", form, context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def amendment_edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    agreement = agreement_to_write(request, code)
    amendment = get_object_or_404(agreement.amendments, number=number)
    if amendment.status != AgreementStatus.DRAFT:
        return closed(request, agreement)
    form = AmendmentForm(request.POST or None, instance=amendment)
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        saved = tried(
            form,
            lambda: amendments.edit_amendment(
                actor=request.user,
                amendment=amendment,
                values=form.cleaned_data,
                seen=request.POST.get("seen", ""),
            ),
            context,
            lambda: said(AmendmentForm(instance=fresh(amendment))),
        )
        if saved:
            messages.success(request, _("The amendment is saved."))
            return redirect(agreement)
    context |= {
        "form": form,
        "agreement": agreement,
        "title": _("Edit the amendment"),
        "save": _("Save the amendment"),
        "seen": amendments.amendment_version(amendment),
        "amendment": amendment,
        "remove_name": "projects:amendment_remove",
    }
    return page(request, "form", form, context)


@login_required
@require_POST
def amendment_remove(request: HttpRequest, code: str, number: int) -> HttpResponse:
    agreement = agreement_to_write(request, code)
    amendment = get_object_or_404(agreement.amendments, number=number)
    amendments.remove_amendment(actor=request.user, amendment=amendment)
    messages.success(request, _("The draft is removed."))
    return redirect(agreement)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def amendment_approve(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The secretariat records that the committee approved it: its parties are then asked to sign."""
    agreement = agreement_to_write(request, code)
    if not request.user.runs_the_cycle:
        raise PermissionDenied
    amendment = get_object_or_404(agreement.amendments, number=number)
    if amendment.status != AgreementStatus.DRAFT:
        return closed(request, agreement)
    form = ApprovalForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        done = tried(
            form,
            lambda: (
                effects.approve_amendment(
                    actor=request.user, amendment=amendment, on=form.cleaned_data["on"]
                )
                or True
            ),
        )
        if done:
            messages.success(request, _("The amendment is approved and open for signature."))
            return redirect(agreement)
    context = {
        "form": form,
        "agreement": agreement,
        "title": _("Record the approval of the amendment"),
        "sentence": str(amendment),
        "save": _("Open for signature"),
    }
    return page(request, "form", form, context)
