"""The agenda of one meeting: items, order, outcomes."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.forms import ItemForm
from governance.models import AgendaItem, Meeting
from governance.services import agenda, suggestions
from governance.views.access import for_secretariat
from governance.views.meetings import visible_meeting
from smartport.errors import Refusal, Stale


def visible_items(request: HttpRequest, code: str) -> QuerySet[AgendaItem]:
    return AgendaItem.objects.visible_to(request.user).filter(meeting__code=code)


@for_secretariat
def item_create(request: HttpRequest, code: str) -> HttpResponse:
    meeting = visible_meeting(request, code)
    form = ItemForm(request.POST or None, user=request.user, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        fields = {k: v for k, v in form.cleaned_data.items() if k != "revision"}
        try:
            agenda.add_item(actor=request.user, meeting=meeting, **fields)
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The item is on the agenda."))
            return redirect(meeting)
    return _form(request, meeting, form)


@for_secretariat
def item_edit(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    meeting = visible_meeting(request, code)
    item = get_object_or_404(visible_items(request, code), pk=pk)
    form = ItemForm(request.POST or None, instance=item, user=request.user, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        read_at = fields.pop("revision") or 0
        try:
            agenda.edit_item(actor=request.user, item=item, revision=read_at, **fields)
        except Stale as stale:
            return _conflict(request, meeting, form, stale)
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The item is changed."))
            return redirect(meeting)
    return _form(request, meeting, form, item=item)


def _form(
    request: HttpRequest, meeting: Meeting, form: ItemForm, item: AgendaItem | None = None
) -> HttpResponse:
    context = {"form": form, "meeting": meeting, "item": item}
    return render(request, "governance/item_form.html", context, status=422 if form.errors else 200)


def _conflict(request: HttpRequest, meeting: Meeting, form: ItemForm, stale: Stale) -> HttpResponse:
    """Nothing is overwritten: the text typed stays in the form, the saved one stands beside it."""
    current = stale.context["current"]
    theirs = [
        (form.fields[name].label or name, getattr(current, name))
        for name in form.changed_data
        if name in form.Meta.fields
    ]
    form.add_error(None, str(stale))
    form.data = form.data.copy()
    form.data["revision"] = current.revision
    context = {"form": form, "meeting": meeting, "item": current, "theirs": theirs}
    return render(request, "governance/item_form.html", context, status=409)


@for_secretariat
@require_POST
def suggestion_take(request: HttpRequest, code: str) -> HttpResponse:
    """`key` names the suggestion."""
    meeting = visible_meeting(request, code)
    try:
        suggestions.take(
            actor=request.user,
            meeting=meeting,
            key=request.POST.get("key", ""),
            late_reason=request.POST.get("late_reason", ""),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The item is on the agenda."))
    return redirect(f"{meeting.get_absolute_url()}#suggestions")


@for_secretariat
@require_POST
def agenda_order(request: HttpRequest, code: str) -> HttpResponse:
    """`order` repeated with every item's id, or `move=up:ID` / `move=down:ID` without JavaScript."""
    meeting = visible_meeting(request, code)
    try:
        if move := request.POST.get("move"):
            direction, _colon, pk = move.partition(":")
            item = get_object_or_404(visible_items(request, code), pk=_whole(pk))
            to = item.position + (1 if direction == "down" else -1)
            agenda.move_item(actor=request.user, item=item, to=max(to, 1))
            # without a fragment: a browser that is sent to one leaves the pressed button without focus
            return redirect(f"{meeting.get_absolute_url()}?moved={direction}-{item.pk}")
        else:
            order = [_whole(pk) for pk in request.POST.getlist("order")]
            agenda.reorder_items(actor=request.user, meeting=meeting, order=order)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{meeting.get_absolute_url()}#agenda")


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


@for_secretariat
@require_POST
def item_ready(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """`ready=1` marks the item ready for the pack, anything else takes the mark back."""
    item = get_object_or_404(visible_items(request, code).select_related("meeting"), pk=pk)
    agenda.mark_ready(actor=request.user, item=item, ready=request.POST.get("ready") == "1")
    return redirect(f"{item.meeting.get_absolute_url()}#item-{item.pk}")


@for_secretariat
@require_POST
def item_remove(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    item = get_object_or_404(visible_items(request, code), pk=pk)
    agenda.remove_item(actor=request.user, item=item)
    messages.success(request, _("The item is off the agenda."))
    return redirect(item.meeting)
