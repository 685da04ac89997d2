"""Writing a funding agreement before its approval, one page for each part; all of them work without JavaScript."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from partners.models import Partner
from projects.enums import AgreementStatus, PartyRole
from projects.forms.agreement_drafts import (
    SPARE_ROWS,
    AgreementForm,
    ContributionForm,
    InstalmentFormSet,
    PartyFormSet,
)
from projects.models import Contribution, FundingAgreement
from projects.permissions import can_draft_agreement, can_write_agreement
from projects.services import agreement_drafts as drafts
from projects.views.agreements import visible_agreement
from smartport import dates
from smartport.errors import Refusal, Stale
from smartport.money import Total, euros

Lines = list[tuple[str, str]]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_new(request: HttpRequest) -> HttpResponse:
    if not can_draft_agreement(request.user):
        raise PermissionDenied
    form = AgreementForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        made = tried(
            form,
            lambda: drafts.draft_agreement(
                actor=request.user, values=typed, code=typed["code"], lead=typed["lead"]
            ),
        )
        if made:
            messages.success(request, _("The draft is made. Next: its parties."))
            return redirect("projects:agreement_parties", code=made.code)
    context = {"form": form, "title": _("New funding agreement"), "save": _("Make the draft")}
    return page(request, "form", form, context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_edit(request: HttpRequest, code: str) -> HttpResponse:
    agreement = agreement_to_write(request, code)
    if agreement.status != AgreementStatus.DRAFT:
        return closed(request, agreement)
    form = AgreementForm(request.POST or None, user=request.user, instance=agreement)
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        saved = tried(
            form,
            lambda: drafts.edit_agreement(
                actor=request.user,
                agreement=agreement,
                values=form.cleaned_data,
                seen=request.POST.get("seen", ""),
            ),
            context,
            lambda: said(AgreementForm(user=request.user, instance=fresh(agreement))),
        )
        if saved:
            messages.success(request, _("The agreement is saved."))
            return redirect(saved)
    context |= {
        "form": form,
        "agreement": agreement,
        "title": _("Edit the agreement"),
        "save": _("Save the agreement"),
        "seen": drafts.facts_version(agreement),
        "remove_name": "projects:agreement_remove",
    }
    return page(request, "form", form, context)


@login_required
@require_POST
def agreement_remove(request: HttpRequest, code: str) -> HttpResponse:
    agreement = agreement_to_write(request, code)
    drafts.remove_agreement(actor=request.user, agreement=agreement)
    messages.success(request, _("The draft is removed."))
    return redirect("projects:agreement_list")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_parties(request: HttpRequest, code: str, number: int | None = None) -> HttpResponse:
    """Those of the agreement, or of one of its amendments."""
    agreement = agreement_to_write(request, code)
    amendment = get_object_or_404(agreement.amendments, number=number) if number else None
    if (amendment or agreement).status != AgreementStatus.DRAFT:
        return closed(request, agreement)
    stored = agreement.parties.filter(amendment=amendment).order_by("position", "pk")
    rows = [
        {
            "partner": party.partner_id,
            "role": party.role,
            "siret": party.siret,
            "siret_override_reason": party.siret_override_reason,
        }
        for party in stored
    ]
    formset, asked = _rows_of(request, PartyFormSet, rows)
    summary = forms.Form(request.POST if asked == "save" else None)
    context: dict[str, Any] = {}
    if asked == "save" and formset.is_valid() and summary.is_valid():
        saved = tried(
            summary,
            lambda: (
                drafts.set_parties(
                    actor=request.user,
                    agreement=agreement,
                    amendment=amendment,
                    rows=formset.rows,
                    seen=request.POST.get("seen", ""),
                )
                or True
            ),
            context,
            lambda: [
                (str(party.partner), str(party.get_role_display()))
                for party in stored.select_related("partner")
            ],
        )
        if saved:
            messages.success(request, _("The parties are saved."))
            return redirect(agreement)
    context |= {
        "agreement": agreement,
        "amendment": amendment,
        "formset": formset,
        "summary": summary,
        "all_forms": [summary, *formset.forms],
        "seen": drafts.parties_version(agreement, amendment),
    }
    return page(request, "parties", summary, context, failed=not _fine(formset, asked))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def contribution_edit(
    request: HttpRequest, code: str, pk: int | None = None, number: int | None = None
) -> HttpResponse:
    """One contribution with its payments; a new one without `pk`, by an amendment with `number`."""
    agreement = agreement_to_write(request, code)
    contribution = _contribution_of(request, agreement, pk) if pk else None
    amendment = contribution.amendment if contribution else None
    if number:
        amendment = get_object_or_404(agreement.amendments, number=number)
    if (amendment or agreement).status != AgreementStatus.DRAFT:
        return closed(request, agreement)
    plan = contribution.instalments.order_by("position", "pk") if contribution else []
    rows = [
        {"amount": part.amount, "due_on": part.due_on, "condition": part.condition} for part in plan
    ]
    formset, asked = _rows_of(request, InstalmentFormSet, rows)
    form = ContributionForm(
        request.POST if asked == "save" else None,
        instance=contribution,
        initial=request.POST.dict() if asked == "more" else None,
        user=request.user,
        agreement=agreement,
        amendment=amendment,
    )
    context: dict[str, Any] = {}
    if asked == "save" and form.is_valid() and formset.is_valid():
        saved = tried(
            form,
            lambda: drafts.save_contribution(
                actor=request.user,
                agreement=agreement,
                amendment=amendment,
                contribution=contribution,
                values=form.cleaned_data,
                instalments=[one.row for one in formset.forms if one.row],
                seen=request.POST.get("seen", ""),
            ),
            context,
            lambda: _contribution_said(contribution),
        )
        if saved:
            messages.success(request, _planned(saved))
            return redirect(agreement)
    context |= {
        "agreement": agreement,
        "amendment": amendment,
        "contribution": contribution,
        "form": form,
        "formset": formset,
        "all_forms": [form, *formset.forms],
        "planned": _planned(contribution) if contribution else "",
        "seen": drafts.contribution_version(contribution) if contribution else "",
    }
    return page(request, "contribution", form, context, failed=not _fine(formset, asked))


@login_required
@require_POST
def contribution_remove(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    agreement = agreement_to_write(request, code)
    contribution = _contribution_of(request, agreement, pk)
    drafts.remove_contribution(actor=request.user, contribution=contribution)
    messages.success(request, _("The contribution is removed."))
    return redirect(agreement)


def agreement_to_write(request: HttpRequest, code: str) -> FundingAgreement:
    agreement = visible_agreement(request, code)
    if not can_write_agreement(request.user, agreement):
        raise PermissionDenied
    return agreement


def _contribution_of(request: HttpRequest, agreement: FundingAgreement, pk: int) -> Contribution:
    visible = Contribution.objects.visible_to(request.user).filter(agreement=agreement)
    return get_object_or_404(visible.select_related("amendment"), pk=pk)


def closed(request: HttpRequest, agreement: FundingAgreement) -> HttpResponse:
    messages.info(request, _("This is approved: it can no longer be edited."))
    return redirect(agreement)


def _rows_of(
    request: HttpRequest, kind: type[forms.BaseFormSet], stored: list[dict[str, Any]]
) -> tuple[forms.BaseFormSet, str]:
    """The rows, and what was asked: `more` gives spare rows and keeps what was typed, `save` checks it."""
    spare: list[dict[str, Any]] = [{}] * SPARE_ROWS
    if request.method != "POST":
        return kind(initial=stored + spare), ""
    if request.POST.get("action") != "more":
        return kind(request.POST), "save"
    typed = kind(request.POST)
    rows = [
        {name: request.POST.get(form.add_prefix(name), "") for name in form.fields}
        for form in typed.forms
    ]
    return kind(initial=rows + spare), "more"


def _fine(formset: forms.BaseFormSet, asked: str) -> bool:
    return asked != "save" or formset.is_valid()


def tried(
    form: forms.BaseForm,
    save: Callable[[], Any],
    context: dict[str, Any] | None = None,
    saved_now: Callable[[], Lines] | None = None,
) -> Any:
    """What the service gives, or None once its refusal is said on the form, with what is saved where that is newer."""
    try:
        return save()
    except Stale as refusal:
        refusal.add_to(form)
        if context is not None and saved_now is not None:
            context["theirs"] = saved_now()
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        refusal.add_to(form)
    return None


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def said(form: forms.ModelForm) -> Lines:
    """What is saved, field by field, in words."""
    return [(str(field.label), _in_words(form.instance, field.name)) for field in form]


def _in_words(row: Any, name: str) -> str:
    value = getattr(row, name)
    if value is None:
        return ""
    if name == "amount":
        return euros(value)
    return dates.day(value) if name.endswith("_on") else str(value)


def _contribution_said(contribution: Contribution | None) -> Lines:
    if contribution is None:
        return []
    stored = fresh(contribution)
    lines: Iterable[tuple[str, str]] = (
        (str(Contribution._meta.get_field(name).verbose_name), _in_words(stored, name))
        for name in drafts.GIVEN
    )
    return [*lines, (_("Payments"), _planned(stored))]


def _planned(contribution: Contribution) -> str:
    """How much of the contribution its payments cover."""
    total = Total.of(contribution.instalments.values_list("amount", flat=True))
    if not total.counted:
        return _("No payment is planned yet.")
    planned = total.amount or 0
    if contribution.amount is None:
        return _("Payments planned: %(planned)s.") % {"planned": euros(total.amount)}
    if planned == contribution.amount:
        return _("The payments cover the whole amount, %(amount)s.") % {
            "amount": euros(contribution.amount)
        }
    return _("Payments planned: %(planned)s of %(amount)s; %(left)s is left.") % {
        "planned": euros(total.amount),
        "amount": euros(contribution.amount),
        "left": euros(contribution.amount - planned),
    }


def _acting_for(request: HttpRequest, agreement: FundingAgreement) -> str:
    """The lead of the agreement, which its managers write for; the secretariat writes for nobody."""
    if request.user.runs_the_cycle:
        return ""
    leads = agreement.parties.filter(
        role=PartyRole.LEAD, amendment=None, partner__in=Partner.objects.managed_by(request.user)
    )
    return next((party.partner.label for party in leads.select_related("partner")), "")


def page(
    request: HttpRequest,
    name: str,
    form: forms.BaseForm,
    context: dict[str, Any],
    *,
    failed: bool = False,
) -> HttpResponse:
    nothing: dict[str, Any] = {
        "agreement": None, "amendment": None, "sentence": "", "seen": "", "theirs": [], "remove_name": "",
        "eyebrow": "", "demo": False, "acting": "",
    }  # fmt: skip
    if agreement := context.get("agreement"):
        nothing |= {"eyebrow": agreement.title, "demo": agreement.is_demo}
        nothing["acting"] = _acting_for(request, agreement)
    wrong = failed or bool(form.is_bound and form.errors)
    return render(
        request,
        f"projects/agreement_draft/{name}.html",
        nothing | context,
        status=422 if wrong else 200,
    )
