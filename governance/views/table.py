"""The meeting as it is held: one item at a time, who is in the room, proxies, votes, the quorum of the moment."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.enums import MeetingStatus
from governance.forms import OutcomeForm, ProxyForm
from governance.models import AgendaItem, Meeting, Proxy
from governance.services import attendance, decisions, meetings
from governance.services.quorum import moment_of
from governance.services.room import Room, room_of
from governance.views.access import for_secretariat
from governance.views.meetings import visible_meeting
from partners.models import User
from smartport.errors import Refusal


@for_secretariat
def meeting_session(request: HttpRequest, code: str) -> HttpResponse:
    """To the first item without an outcome, or to the meeting when there is none left."""
    meeting = visible_meeting(request, code)
    following = meeting.agenda.undecided().order_by("position").first()
    return _to_item(meeting, following)


@for_secretariat
def item_outcome(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One item at a time, large; saving goes on to the next item without an outcome."""
    meeting = visible_meeting(request, code)
    item = get_object_or_404(_items(meeting), pk=pk)
    room = room_of(meeting, (item.outcome and item.taken_at) or moment_of(meeting))
    form = OutcomeForm(request.POST or None, instance=item, voters=room.voters)
    if request.method == "POST" and form.is_valid():
        try:
            decisions.record_outcome(
                actor=request.user, item=item, choices=form.choices(), **form.outcome_fields()
            )
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The outcome is recorded."))
            return _to_item(meeting, _items(meeting).undecided().after(item).first())
    context = _page_of(meeting, item, room) | {"form": form}
    return render(
        request, "governance/item_outcome.html", context, status=422 if form.errors else 200
    )


def _items(meeting: Meeting) -> Any:
    return (
        meeting.agenda.select_related("series", "project", "agreement")
        .prefetch_related("votes__seat__partner")
        .order_by("position")
    )


def _page_of(meeting: Meeting, item: AgendaItem, room: Room) -> dict[str, Any]:
    agenda = list(meeting.agenda.order_by("position"))
    here = next((n for n, one in enumerate(agenda) if one.pk == item.pk), 0)
    in_session = meeting.status == MeetingStatus.IN_SESSION
    return {
        "meeting": meeting,
        "item": item,
        "agenda": agenda,
        "count": len(agenda),
        "before": agenda[here - 1] if here else None,
        "after": agenda[here + 1] if here + 1 < len(agenda) else None,
        "room": room,
        "in_session": in_session,
        "proxy_form": ProxyForm(room=room) if in_session else None,
        "actions": item.actions.select_related("owner", "partner"),
    }


def _to_item(meeting: Meeting, item: AgendaItem | None, anchor: str = "") -> HttpResponse:
    if item is None:
        return redirect(meeting)
    url = reverse("governance:item_outcome", args=[meeting.code, item.pk])
    return redirect(url + (f"#{anchor}" if anchor else ""))


def _back(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """To the item that was on the table, named in `item`."""
    pk = request.POST.get("item", "")
    item = meeting.agenda.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None
    return _to_item(meeting, item, "room")


@for_secretariat
@require_POST
def attendance_note(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """`to=left` notes a departure of that person; anything else an arrival."""
    meeting = visible_meeting(request, code)
    person = get_object_or_404(User, pk=pk)
    verb = attendance.leave if request.POST.get("to") == "left" else attendance.arrive
    try:
        verb(actor=request.user, meeting=meeting, user=person)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return _back(request, meeting)


@for_secretariat
@require_POST
def proxy_give(request: HttpRequest, code: str) -> HttpResponse:
    meeting = visible_meeting(request, code)
    room = room_of(meeting, moment_of(meeting))
    form = ProxyForm(request.POST, room=room)
    if not form.is_valid():
        messages.error(request, _("Choose an absent seat and a person in the room."))
        return _back(request, meeting)
    seat = form.cleaned_data["seat"]
    giver = next(place.person for place in room.places if place.mandate.seat_id == seat.pk)
    try:
        attendance.give_proxy(
            actor=request.user,
            meeting=meeting,
            seat=seat,
            giver=giver,
            holder=form.cleaned_data["holder"],
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The proxy is noted."))
    return _back(request, meeting)


@for_secretariat
@require_POST
def proxy_revoke(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    meeting = visible_meeting(request, code)
    proxy = get_object_or_404(Proxy.objects.filter(meeting=meeting), pk=pk)
    attendance.revoke_proxy(actor=request.user, proxy=proxy)
    messages.success(request, _("The proxy no longer counts."))
    return _back(request, meeting)


@for_secretariat
@require_POST
def meeting_end(request: HttpRequest, code: str) -> HttpResponse:
    meeting = visible_meeting(request, code)
    try:
        meetings.end_meeting(actor=request.user, meeting=meeting)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The meeting has ended. Its outcomes can still be completed."))
    return redirect(meeting)
