"""The meeting as it is held: one item at a time, its outcome, and what is typed kept until it is recorded."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from governance.enums import MeetingStatus
from governance.forms import ActionForm, ConflictForm, MomentForm, OutcomeForm, ProxyForm
from governance.models import AgendaItem, Meeting
from governance.services import decisions, drafts
from governance.services.quorum import moment_of
from governance.services.room import Room, room_of
from governance.views.access import for_secretariat, secretariat_or_401
from governance.views.answers import done, item_url
from governance.views.meetings import visible_meeting
from smartport import dates, presence
from smartport.errors import Refusal, Stale


@for_secretariat
def meeting_session(request: HttpRequest, code: str) -> HttpResponse:
    """To the first item without an outcome, or to the meeting when there is none left."""
    meeting = visible_meeting(request, code)
    return redirect(item_url(meeting, meeting.agenda.undecided().order_by("position").first()))


@for_secretariat
def item_outcome(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One item at a time, large; saving goes on to the next item without an outcome."""
    meeting = visible_meeting(request, code)
    item = get_object_or_404(_items(meeting), pk=pk)
    room = _room(meeting, item)
    draft = item.drafts.filter(author=request.user).first()
    form = OutcomeForm(
        request.POST or None, instance=item, voters=room.voters, draft=draft and draft.content
    )
    context: dict[str, Any] = {"draft": draft}
    if request.method == "POST" and form.is_valid():
        try:
            decisions.record_outcome(
                actor=request.user,
                item=item,
                choices=form.choices(),
                revision=form.version_sent(),
                **form.outcome_fields(),
            )
        except Stale as stale:
            return _choose(request, meeting, form, stale)
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            following = _items(meeting).undecided().after(item).first()
            return done(request, item_url(meeting, following), _("The outcome is recorded."))
    context |= _page_of(meeting, item, room) | {"form": form}
    if not form.is_bound and draft and draft.revision != item.revision:
        context["theirs"] = _theirs(item, form)
    status = 422 if form.errors else 200
    return render(request, "governance/item_outcome.html", context, status=status)


def _choose(
    request: HttpRequest, meeting: Meeting, form: OutcomeForm, stale: Stale
) -> HttpResponse:
    """Nothing is overwritten: what was typed stays in the form, what is recorded stands above it. What is recorded
    already, word for word, is done: it was sent twice.
    """
    current = get_object_or_404(_items(meeting), pk=form.instance.pk)
    room = _room(meeting, current)
    again = OutcomeForm(instance=current, voters=room.voters, draft=form.as_typed())
    theirs = _theirs(current, again)
    votes = dict(current.votes.values_list("seat", "choice"))
    if not theirs and (not votes or votes == form.choices()):
        return done(request, item_url(meeting, current), _("The outcome is recorded."))
    context = _page_of(meeting, current, room)
    context |= {"form": again, "theirs": theirs, "draft": None}
    return render(request, "governance/item_outcome.html", context, status=stale.status)


def _theirs(item: AgendaItem, form: OutcomeForm) -> list[tuple[str, Any]]:
    """What is recorded and differs from what the form holds, by label, for the two to be compared."""
    told = []
    for name in filter(form.fields.__contains__, form.Meta.fields):
        here = getattr(item, name)
        typed = form.initial.get(name)
        if str("" if typed is None else typed) != str("" if here is None else here):
            shown = getattr(item, f"get_{name}_display", lambda here=here: here)()
            told.append((str(form.fields[name].label), shown))
    return told


def _items(meeting: Meeting) -> QuerySet[AgendaItem]:
    return meeting.agenda.select_related("series", "project", "agreement", "recorded_by").order_by(
        "position"
    )


def _room(meeting: Meeting, item: AgendaItem) -> Room:
    """As it is now; as it was when the item was taken."""
    return room_of(meeting, (item.outcome and item.taken_at) or moment_of(meeting), item)


def _page_of(meeting: Meeting, item: AgendaItem, room: Room) -> dict[str, Any]:
    agenda = list(meeting.agenda.order_by("position"))
    here = next((n for n, one in enumerate(agenda) if one.pk == item.pk), 0)
    return room_context(meeting, item, room) | {
        "agenda": agenda,
        "count": len(agenda),
        "before": agenda[here - 1] if here else None,
        "after": agenda[here + 1] if here + 1 < len(agenda) else None,
        "actions": item.actions.select_related("owner", "partner"),
        "action_form": ActionForm(auto_id="action_%s"),
        "theirs": [],
    }


def room_context(meeting: Meeting, item: AgendaItem, room: Room) -> dict[str, Any]:
    in_session = meeting.status == MeetingStatus.IN_SESSION
    return {
        "meeting": meeting,
        "item": item,
        "room": room,
        "in_session": in_session,
        "proxy_form": ProxyForm(room=room) if in_session else None,
        "moment_form": MomentForm(room=room) if in_session else None,
        "conflict_form": ConflictForm(room=room, auto_id="conflict_%s"),
    }


@for_secretariat
@require_safe
def item_room(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The room beside the item, for a page that keeps itself up to date; `version` is the item's as it shows it.
    Opened by a person, it is the whole page.
    """
    meeting = visible_meeting(request, code)
    item = get_object_or_404(_items(meeting), pk=pk)
    if request.headers.get("X-Requested-With") != "fetch":
        return redirect(item_url(meeting, item, "room"))
    context = room_context(meeting, item, _room(meeting, item))
    context["newer"] = str(item.revision) != request.GET.get("version", str(item.revision))
    return render(request, "governance/includes/room.html", context)


@secretariat_or_401
@require_POST
def outcome_draft(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """200 {saved_at, version}; 401 the session is over; 409 someone recorded the item, and the text is kept."""
    meeting = visible_meeting(request, code)
    item = get_object_or_404(_items(meeting), pk=pk)
    form = OutcomeForm(request.POST, instance=item, voters=_room(meeting, item).voters)
    draft = drafts.keep_draft(
        actor=request.user,
        item=item,
        content=form.as_typed(),
        revision=max(form.version_sent(), 0),
    )
    if form.version_sent() != item.revision:
        return JsonResponse({}, status=409)
    return JsonResponse({"saved_at": dates.clock(draft.saved_at), "version": item.revision})


@for_secretariat
@require_POST
def outcome_forget(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Gives up what was typed and not recorded."""
    meeting = visible_meeting(request, code)
    item = get_object_or_404(_items(meeting), pk=pk)
    drafts.forget_draft(actor=request.user, item=item)
    return done(request, item_url(meeting, item), _("What was not recorded is gone."))


@secretariat_or_401
@require_POST
def outcome_presence(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Says that this person has the item open; answers who else has, in words (empty when alone)."""
    item = get_object_or_404(_items(visible_meeting(request, code)), pk=pk)
    place = f"item:{item.pk}"
    presence.arrive(place, request.user)
    names = presence.others(place, request.user)
    words = ngettext(
        "%(names)s also has this item open.", "%(names)s also have this item open.", len(names)
    )
    told = words % {"names": presence.joined(names)} if names else ""
    return JsonResponse({"others": told})
