"""Who is in the room: arrivals, departures, proxies, conflicts of interest, and the end of the meeting."""

from datetime import datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.forms import ConflictForm, MomentForm, ProxyForm
from governance.models import AgendaItem, ConflictOfInterest, Meeting, Proxy
from governance.services import attendance, conflicts, meetings
from governance.services.quorum import moment_of
from governance.services.room import room_of
from governance.views.access import for_secretariat
from governance.views.answers import done, item_url, noted, refused
from governance.views.meetings import visible_meeting
from partners.models import User
from smartport import dates
from smartport.errors import Refusal


def _back(request: HttpRequest, meeting: Meeting) -> str:
    """To the item that was on the table, named in `item`."""
    pk = request.POST.get("item", "")
    item = meeting.agenda.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None
    return item_url(meeting, item, "room")


@for_secretariat
@require_POST
def attendance_note(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """`to=left` notes a departure of that person; anything else an arrival. `at` is when it was pressed, where the
    network was away meanwhile.
    """
    meeting = visible_meeting(request, code)
    person = get_object_or_404(User, pk=pk)
    return _note(request, meeting, person, _moment(request.POST.get("at", "")))


@for_secretariat
@require_POST
def attendance_moment(request: HttpRequest, code: str) -> HttpResponse:
    """An arrival or a departure at a time of the day of the meeting that has passed."""
    meeting = visible_meeting(request, code)
    form = MomentForm(request.POST, room=room_of(meeting, moment_of(meeting)))
    if not form.is_valid():
        return refused(request, _back(request, meeting), _("Choose a person and a time."))
    at = _last(form.cleaned_data["clock"], meeting)
    if at is None:
        return refused(request, _back(request, meeting), _("Clocks skip this time tonight."))
    if at > timezone.now():
        return refused(request, _back(request, meeting), _("This time has not come yet."))
    return _note(request, meeting, form.cleaned_data["person"], at)


def _last(clock: time, meeting: Meeting) -> datetime | None:
    """That time today; the evening before, where the meeting goes on past midnight."""
    today, opened = timezone.localdate(), meeting.opened_at
    at = dates.at_clock(today, clock, since=opened)
    if at and at > timezone.now() and opened and timezone.localdate(opened) < today:
        return dates.at_clock(today - timedelta(days=1), clock)
    return at


def _note(
    request: HttpRequest, meeting: Meeting, person: User, at: datetime | None
) -> HttpResponse:
    verb = attendance.leave if request.POST.get("to") == "left" else attendance.arrive
    try:
        verb(actor=request.user, meeting=meeting, user=person, at=at)
    except Refusal as refusal:
        return refused(request, _back(request, meeting), refusal)
    return noted(request, _back(request, meeting))


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None


@for_secretariat
@require_POST
def proxy_give(request: HttpRequest, code: str) -> HttpResponse:
    meeting = visible_meeting(request, code)
    room = room_of(meeting, moment_of(meeting))
    form = ProxyForm(request.POST, room=room)
    back = _back(request, meeting)
    if not form.is_valid():
        return refused(request, back, _("Choose an absent seat and a person in the room."))
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
        return refused(request, back, refusal)
    return noted(request, back, _("The proxy is noted."))


@for_secretariat
@require_POST
def proxy_revoke(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    meeting = visible_meeting(request, code)
    proxy = get_object_or_404(Proxy.objects.filter(meeting=meeting), pk=pk)
    try:
        attendance.revoke_proxy(actor=request.user, proxy=proxy)
    except Refusal as refusal:
        return refused(request, _back(request, meeting), refusal)
    return noted(request, _back(request, meeting), _("The proxy no longer counts."))


@for_secretariat
@require_POST
def conflict_declare(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    meeting = visible_meeting(request, code)
    item = get_object_or_404(AgendaItem, meeting=meeting, pk=pk)
    back = item_url(meeting, item, "room")
    moment = (item.outcome and item.taken_at) or moment_of(meeting)
    form = ConflictForm(request.POST, room=room_of(meeting, moment, item))
    if not form.is_valid():
        return refused(request, back, _("Choose a seat that can vote."))
    try:
        conflicts.declare_conflict(actor=request.user, item=item, **form.cleaned_data)
    except Refusal as refusal:
        return refused(request, back, refusal)
    return noted(request, back, _("The conflict of interest is noted."))


@for_secretariat
@require_POST
def conflict_withdraw(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    meeting = visible_meeting(request, code)
    conflict = get_object_or_404(
        ConflictOfInterest.objects.select_related("item"), item__meeting=meeting, pk=pk
    )
    back = item_url(meeting, conflict.item, "room")
    try:
        conflicts.withdraw_conflict(actor=request.user, conflict=conflict)
    except Refusal as refusal:
        return refused(request, back, refusal)
    return noted(request, back, _("The seat takes part again."))


@for_secretariat
@require_POST
def meeting_end(request: HttpRequest, code: str) -> HttpResponse:
    meeting = visible_meeting(request, code)
    try:
        meetings.end_meeting(actor=request.user, meeting=meeting)
    except Refusal as refusal:
        return refused(request, meeting.get_absolute_url(), refusal)
    return done(
        request,
        meeting.get_absolute_url(),
        _("The meeting has ended. Its outcomes can still be completed."),
    )
