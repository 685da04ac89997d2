"""Funding agreements: who signed and who is awaited, who pays whom for what, and when."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners.models import Membership, Partner
from projects import rows
from projects.enums import (
    AGREEMENT_MOVES,
    INSTALMENT_MOVES,
    AgreementStatus,
    InstalmentStatus,
    SignatureState,
)
from projects.forms.agreements import EndForm, InstalmentForm, SignatureForm
from projects.models import AgreementParty, Contribution, FundingAgreement, Instalment
from projects.permissions import (
    can_amend,
    can_draft_agreement,
    can_edit_agreement,
    can_move_instalment,
    can_record_signature,
    can_write_agreement,
)
from projects.services import agreements
from smartport import dates
from smartport.errors import Refusal
from smartport.files import PDF, FileRefused, download
from smartport.money import Total
from smartport.page_cache import public_page

PER_PAGE = 25
PAYMENT_OF = [
    f"contribution__{name}" for name in ("agreement", "amendment", "funder", "recipient", "project")
]
ENDING = frozenset(
    state for state, moves in AGREEMENT_MOVES.items() if AgreementStatus.TERMINATED in moves
)


def visible_agreement(request: HttpRequest, code: str) -> FundingAgreement:
    return get_object_or_404(FundingAgreement.objects.visible_to(request.user), code=code)


@public_page
@require_safe
def agreement_list(request: HttpRequest) -> HttpResponse:
    signed = Q(parties__signature=SignatureState.SIGNED, parties__amendment=None)
    visible = FundingAgreement.objects.visible_to(request.user).annotate(
        party_count=Count("parties", filter=Q(parties__amendment=None)),
        signed_count=Count("parties", filter=signed),
    )
    page = Paginator(visible.order_by("-approved_on", "code"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "may_draft": can_draft_agreement(request.user)}
    return render(request, "projects/agreement_list.html", context)


@public_page
@require_safe
def agreement_detail(request: HttpRequest, code: str) -> HttpResponse:
    agreement = visible_agreement(request, code)
    parties = list(agreement.parties.filter(amendment=None).select_related("partner"))
    contributions = _contributions(request, agreement)
    amounts = Total.of(one.amount for one in contributions)
    approvals = rows.agreement_approvals(agreement, request.user)
    context = {
        "agreement": agreement,
        "sentence": signature_sentence(agreement, parties),
        "seals": [seal(agreement, party) for party in parties],
        "to_sign": _to_sign(request, agreement),
        "signed_copies": _signed_copies(request, parties),
        "contributions": contributions,
        "total": amounts,
        "instalments": _instalments(request, agreement),
        "approval": approvals.get(None),
        "amendments": _amendments(request, agreement, approvals),
        "sources": rows.source_links(agreement.sources.all()),
        **_writing(request, agreement, parties, contributions),
        "may_amend": can_amend(request.user, agreement),
        "may_end": agreement.status in ENDING and can_edit_agreement(request.user, agreement),
    }
    return render(request, "projects/agreement_detail.html", context)


def _writing(
    request: HttpRequest,
    agreement: FundingAgreement,
    parties: list[AgreementParty],
    contributions: list[Contribution],
) -> dict[str, Any]:
    """What may be written still, and what a draft lacks before the committee can approve it."""
    may_write = can_write_agreement(request.user, agreement)
    if not (may_write and agreement.status == AgreementStatus.DRAFT):
        return {"may_write": False, "may_write_amendments": may_write, "missing": []}
    missing = []
    if len(parties) < 2:
        missing.append(_("at least two parties"))
    if unknown := [party.partner.label for party in parties if not party.siret_to_sign_with]:
        missing.append(_("the SIRET of %(partners)s") % {"partners": ", ".join(unknown)})
    if not contributions:
        missing.append(_("a contribution"))
    return {"may_write": True, "may_write_amendments": True, "missing": missing}


def signature_sentence(agreement: FundingAgreement, parties: list[AgreementParty]) -> str:
    """“Signed by 7 of 11, waiting for the Region for 23 days.”; nothing while no signature is asked."""
    signed = [party for party in parties if party.signature == SignatureState.SIGNED]
    waiting = [party for party in parties if party.signature == SignatureState.WAITING]
    if not signed and not waiting:
        return ""
    counts = {"signed": len(signed), "total": len(parties)}
    if not waiting:
        return (
            ngettext(
                "Signed by %(signed)s party of %(total)s.",
                "Signed by %(signed)s parties of %(total)s.",
                len(signed),
            )
            % counts
        )
    longest = min(waiting, key=lambda party: (party.waiting_since or date.max, party.position))
    since = dates.since(longest.waiting_since) if longest.waiting_since else ""
    others = len(waiting) - 1
    if not others:
        return _("Signed by %(signed)s of %(total)s, waiting for %(partner)s %(since)s.") % {
            **counts,
            "partner": longest.partner.label,
            "since": since,
        }
    return ngettext(
        "Signed by %(signed)s of %(total)s, waiting for %(partner)s %(since)s and for %(others)s other.",
        "Signed by %(signed)s of %(total)s, waiting for %(partner)s %(since)s and for %(others)s others.",
        others,
    ) % {**counts, "partner": longest.partner.label, "since": since, "others": others}


def seal(agreement: FundingAgreement, party: AgreementParty) -> dict[str, Any]:
    """What one party's seal says; a state no source gives is not published."""
    unknown = agreement.is_sourced and party.signature == SignatureState.NOT_ASKED
    role = str(party.get_role_display())
    label = _("signature not published") if unknown else str(party.get_signature_display()).lower()
    day = {
        SignatureState.SIGNED: party.signed_on,
        SignatureState.WAITING: party.waiting_since,
    }.get(SignatureState(party.signature))
    return {
        "name": str(party),
        "state": party.signature,
        "label": f"{role}, {label}",
        "on": _seal_day(party, dates.short_day(day)) if day else "",
    }


def _seal_day(party: AgreementParty, day: str) -> str:
    if party.signature == SignatureState.SIGNED:
        return _("on %(day)s") % {"day": day}
    return _("since %(day)s") % {"day": day}


def _to_sign(request: HttpRequest, agreement: FundingAgreement) -> list[AgreementParty]:
    """The signatures this person may record, of the agreement and of its amendments."""
    if not request.user.is_authenticated:
        return []
    awaited = AgreementParty.objects.awaited().filter(agreement=agreement)
    if not request.user.runs_the_cycle:
        managed = Membership.objects.active().managers().filter(user=request.user)
        awaited = awaited.filter(partner__in=managed.values("partner"))
    return list(
        awaited.select_related("partner", "amendment").order_by("amendment__number", "position")
    )


def _signed_copies(request: HttpRequest, parties: list[AgreementParty]) -> list[AgreementParty]:
    """Copies hold names and signatures: for the parties' own people and the secretariat."""
    if not request.user.is_authenticated:
        return []
    mine = request.user.runs_the_cycle or any(
        party.partner_id in _own_partners(request) for party in parties
    )
    return [party for party in parties if party.file] if mine else []


def _own_partners(request: HttpRequest) -> set[int]:
    if not hasattr(request, "own_partners"):
        request.own_partners = set(Partner.objects.of(request.user).values_list("pk", flat=True))  # type: ignore[attr-defined]
    return request.own_partners  # type: ignore[attr-defined]


def _contributions(request: HttpRequest, agreement: FundingAgreement) -> list[Contribution]:
    return list(
        Contribution.objects.visible_to(request.user)
        .filter(agreement=agreement)
        .select_related("funder", "recipient", "project", "amendment")
        .order_by("id")
    )


def _instalments(request: HttpRequest, agreement: FundingAgreement) -> list[dict[str, Any]]:
    """Each with the step this person may record next."""
    found = (
        Instalment.objects.visible_to(request.user)
        .filter(contribution__agreement=agreement)
        .select_related(*PAYMENT_OF)
        .order_by("due_on", "contribution", "position")
    )
    mine = _own_partners(request) if request.user.is_authenticated else set()
    listed = []
    for instalment in found:
        step = next(iter(INSTALMENT_MOVES[InstalmentStatus(instalment.status)]), None)
        involved = request.user.is_authenticated and (
            request.user.runs_the_cycle
            or {instalment.contribution.funder_id, instalment.contribution.recipient_id} & mine
        )
        may = step and involved and can_move_instalment(request.user, instalment, step)
        listed.append({"instalment": instalment, "step": step if may else None})
    return listed


def _amendments(
    request: HttpRequest, agreement: FundingAgreement, approvals: dict[int | None, Any]
) -> list[dict[str, Any]]:
    """Those in force for everyone; those still being made for the parties and the secretariat."""
    found = agreement.amendments.visible_to(request.user).prefetch_related("parties__partner")
    return [
        {
            "amendment": one,
            "decision": approvals.get(one.pk),
            "sentence": signature_sentence(agreement, list(one.parties.all())),
            "seals": [seal(agreement, party) for party in one.parties.all()],
        }
        for one in found.order_by("number")
    ]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def signature_record(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    agreement = visible_agreement(request, code)
    party = get_object_or_404(agreement.parties.select_related("partner"), pk=pk)
    if not can_record_signature(request.user, party):
        raise PermissionDenied
    if party.signature != SignatureState.WAITING:
        messages.info(request, _("This signature is not awaited any more."))
        return redirect(agreement)
    form = SignatureForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _record(request, party, form):
        messages.success(request, _("The signature is recorded."))
        return redirect(agreement)
    context = {"agreement": agreement, "party": party, "form": form}
    return render(
        request, "projects/signature_form.html", context, status=422 if form.errors else 200
    )


def _record(request: HttpRequest, party: AgreementParty, form: SignatureForm) -> bool:
    try:
        agreements.record_signature(
            actor=request.user,
            party=party,
            signed_on=form.cleaned_data["signed_on"],
            signatory=form.cleaned_data["signatory"],
            function=form.cleaned_data["function"],
            deliberation_on=form.cleaned_data["deliberation_on"],
            upload=form.cleaned_data["file"],
        )
    except FileRefused as refusal:
        form.add_error("file", str(refusal))
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        refusal.add_to(form)
    return not form.errors


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def instalment_move(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    agreement = visible_agreement(request, code)
    instalment = get_object_or_404(
        Instalment.objects.visible_to(request.user)
        .filter(contribution__agreement=agreement)
        .select_related(*PAYMENT_OF),
        pk=pk,
    )
    step = next(iter(INSTALMENT_MOVES[InstalmentStatus(instalment.status)]), None)
    if step is None:
        messages.info(request, _("This payment is received: nothing is left to record."))
        return redirect(agreement)
    if not can_move_instalment(request.user, instalment, step):
        raise PermissionDenied
    form = InstalmentForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["step"] != step:
            messages.info(request, _("This step was recorded before: here is the next one."))
            return redirect(agreement)
        try:
            agreements.move_instalment(
                actor=request.user,
                instalment=instalment,
                target=step,
                on=form.cleaned_data["on"],
            )
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The payment is updated."))
            return redirect(agreement)
    context = {
        "agreement": agreement,
        "instalment": instalment,
        "step": step,
        "acting": getattr(
            instalment.contribution,
            "funder" if step == InstalmentStatus.COMMITTED else "recipient",
        ),
        "form": form,
    }
    return render(
        request, "projects/instalment_form.html", context, status=422 if form.errors else 200
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_end(request: HttpRequest, code: str) -> HttpResponse:
    agreement = visible_agreement(request, code)
    if not can_edit_agreement(request.user, agreement):
        raise PermissionDenied
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid() and _end(request, agreement, form):
        messages.success(request, _("The end of the agreement is recorded."))
        return redirect(agreement)
    context = {"agreement": agreement, "form": form}
    return render(
        request, "projects/agreement_end.html", context, status=422 if form.errors else 200
    )


def _end(request: HttpRequest, agreement: FundingAgreement, form: EndForm) -> bool:
    asked: dict[str, Any] = {"actor": request.user, "agreement": agreement}
    asked["on"] = form.cleaned_data["on"]
    try:
        if form.cleaned_data["how"] == "terminate":
            agreements.terminate(**asked, reason=form.cleaned_data["reason"])
        else:
            agreements.end(**asked)
    except Refusal as refusal:
        refusal.add_to(form)
    return not form.errors


@login_required
@require_POST
def signature_decline(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    agreement = visible_agreement(request, code)
    party = get_object_or_404(agreement.parties, pk=pk)
    agreements.decline_signature(actor=request.user, party=party)
    messages.info(request, _("The refusal to sign is recorded. The secretariat is to settle it."))
    return redirect(agreement)


@login_required
@require_safe
def signed_copy(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    agreement = visible_agreement(request, code)
    parties = list(agreement.parties.all())
    party = next((one for one in _signed_copies(request, parties) if one.pk == pk), None)
    if party is None:
        raise Http404
    return download(party.file, name=party.file_name, media_type=PDF)
