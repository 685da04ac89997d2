"""Committees: who sits, since when, by which rules. Their seats are public, the people known to the members."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from governance.enums import Capacity, SeatKind
from governance.errors import NameTaken
from governance.forms import CommitteeForm, MandateForm, SeatForm, StandingItems
from governance.models import Committee, Mandate, Meeting, Seat
from governance.permissions import can_keep_committees, sits_on
from governance.services import composition, proposals
from governance.views.access import for_secretariat
from projects.rows import source_links
from smartport.errors import Refusal

NEXT_MEETINGS = 5
RANK = (Capacity.CHAIR, Capacity.TITULAR, Capacity.ALTERNATE, Capacity.SECRETARY)


def committee_of(request: HttpRequest, slug: str) -> Committee:
    return get_object_or_404(Committee.objects.visible_to(request.user), slug=slug)


@require_safe
def committee_list(request: HttpRequest) -> HttpResponse:
    seats = Seat.objects.held_on(timezone.localdate()).select_related("partner")
    committees = (
        Committee.objects.visible_to(request.user)
        .prefetch_related(Prefetch("seats", seats.order_by("position", "pk")))
        .order_by("kind", "code")
    )
    may_keep = can_keep_committees(request.user)
    context = {"committees": committees, "may_keep": may_keep}
    return render(request, "governance/committee_list.html", context)


@require_safe
def committee_detail(request: HttpRequest, slug: str) -> HttpResponse:
    committee = committee_of(request, slug)
    user, today = request.user, timezone.localdate()
    mandates = Mandate.objects.visible_to(user).select_related("user").order_by("-start", "pk")
    seats = list(
        committee.seats.select_related("partner")
        .prefetch_related(Prefetch("mandates", mandates))
        .order_by("position", "pk")
    )
    current = [seat for seat in seats if _runs(seat, today)]
    meetings = Meeting.objects.listed_for(user).filter(committee=committee).upcoming()
    context = {
        "committee": committee,
        "sentence": _sentence(current),
        "rows": [_row(seat, today) for seat in current],
        "past_rows": [_row(seat, today) for seat in seats if not _runs(seat, today)],
        "colleges": any(seat.college for seat in current),
        "meetings": meetings[:NEXT_MEETINGS],
        "proposing": proposals.meetings_taking(user).filter(committee=committee).first(),
        "sees_people": can_keep_committees(user) or sits_on(user, committee),
        "may_keep": can_keep_committees(user),
        "sources": source_links(committee.sources.all()),
    }
    return render(request, "governance/committee_detail.html", context)


def _runs(seat: Seat, day: date) -> bool:
    return (seat.start is None or seat.start <= day) and (seat.end is None or day <= seat.end)


def _row(seat: Seat, today: date) -> dict[str, Any]:
    mandates = list(seat.mandates.all())
    now = [mandate for mandate in mandates if mandate.is_active_on(today)]
    return {
        "seat": seat,
        "now": sorted(now, key=lambda mandate: RANK.index(mandate.capacity)),
        "others": [mandate for mandate in mandates if mandate not in now],
    }


def _sentence(seats: list[Seat]) -> str:
    voting = sum(1 for seat in seats if seat.kind == SeatKind.VOTING)
    observers = len(seats) - voting
    text = ngettext("%(n)s voting seat", "%(n)s voting seats", voting) % {"n": voting}
    if observers:
        more = ngettext("%(n)s observer", "%(n)s observers", observers) % {"n": observers}
        return _("%(voting)s, %(observers)s.") % {"voting": text, "observers": more}
    return f"{text}."


@for_secretariat
def committee_create(request: HttpRequest) -> HttpResponse:
    form = CommitteeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            committee = composition.create_committee(actor=request.user, **form.cleaned_data)
        except NameTaken as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The committee exists. Now its seats."))
            return redirect(committee)
    return _page(request, "committee_form", {"form": form, "committee": None, "items": None}, form)


@for_secretariat
def committee_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Its rules and its default agenda, saved together."""
    committee = committee_of(request, slug)
    form = CommitteeForm(request.POST or None, instance=committee)
    before = committee.standing_items.order_by("position").values("title_fr", "title_en", "minutes")
    items = StandingItems(request.POST or None, initial=list(before), prefix="items")
    if request.method == "POST" and form.is_valid() and items.is_valid():
        composition.change_rules(
            actor=request.user, committee=committee, agenda=items.items(), **form.cleaned_data
        )
        messages.success(request, _("The rules are changed."))
        return redirect(committee)
    context = {"form": form, "items": items, "committee": committee, "forms": items.forms}
    return _page(request, "committee_form", context, form, *items.forms)


@for_secretariat
def seat_create(request: HttpRequest, slug: str) -> HttpResponse:
    committee = committee_of(request, slug)
    form = SeatForm(request.POST or None, committee=committee)
    if request.method == "POST" and form.is_valid():
        try:
            composition.open_seat(actor=request.user, committee=committee, **form.cleaned_data)
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The seat is open. Now its mandates."))
            return redirect(committee)
    return _page(request, "seat_form", {"form": form, "committee": committee, "seat": None}, form)


@for_secretariat
def seat_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    committee = committee_of(request, slug)
    seat = get_object_or_404(committee.seats.select_related("partner"), pk=pk)
    form = SeatForm(request.POST or None, instance=seat, committee=committee)
    if request.method == "POST" and form.is_valid():
        try:
            composition.change_seat(actor=request.user, seat=seat, **form.cleaned_data)
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The seat is changed."))
            return redirect(committee)
    return _page(request, "seat_form", {"form": form, "committee": committee, "seat": seat}, form)


@for_secretariat
def mandate_create(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    committee = committee_of(request, slug)
    seat = get_object_or_404(committee.seats.select_related("partner"), pk=pk)
    form = MandateForm(request.POST or None, seat=seat)
    if request.method == "POST" and form.is_valid():
        try:
            composition.open_mandate(actor=request.user, seat=seat, **form.cleaned_data)
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The mandate is recorded."))
            return redirect(committee)
    context = {"form": form, "committee": committee, "seat": seat, "mandate": None}
    return _page(request, "mandate_form", context, form)


@for_secretariat
def mandate_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Its days and capacity; another person gets a mandate of their own."""
    committee = committee_of(request, slug)
    mandate = get_object_or_404(
        Mandate.objects.filter(seat__committee=committee).select_related("seat__partner", "user"),
        pk=pk,
    )
    form = MandateForm(request.POST or None, instance=mandate, seat=mandate.seat)
    if request.method == "POST" and form.is_valid():
        try:
            composition.change_mandate(actor=request.user, mandate=mandate, **form.cleaned_data)
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The mandate is changed."))
            return redirect(committee)
    context = {"form": form, "committee": committee, "seat": mandate.seat, "mandate": mandate}
    return _page(request, "mandate_form", context, form)


def _page(request: HttpRequest, name: str, context: dict[str, Any], *forms: Any) -> HttpResponse:
    status = 422 if any(form.errors for form in forms) else 200
    return render(request, f"governance/{name}.html", context, status=status)
