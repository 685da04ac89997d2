"""Replies to a summons: in the portal, by the signed link of the message, or told to the secretariat."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from governance.enums import Reply
from governance.forms import ReplyForm
from governance.models import Summons
from governance.services import entrusting
from governance.services import summons as summonses
from governance.services.links import summons_of
from governance.views.access import for_secretariat
from governance.views.meetings import visible_meeting
from partners.models import User
from smartport.errors import Refusal


@login_required
def meeting_reply(request: HttpRequest, code: str) -> HttpResponse:
    """One's own summons only."""
    sent = _summonses().filter(sent_at__isnull=False)
    summons = get_object_or_404(sent, meeting__code=code, user=request.user)
    return _answer(request, summons, request.user, summons.meeting.get_absolute_url())


@never_cache
def summons_reply(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing (mail filters open links too): the reply is a button away."""
    summons = summons_of(token)
    if summons is None:
        return render(request, "governance/summons_link.html", status=404)
    return _answer(request, summons, summons.user, request.path)


@for_secretariat
def summons_record(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """What a person said by telephone or letter, in their name."""
    meeting = visible_meeting(request, code)
    summons = get_object_or_404(_summonses(), meeting=meeting, pk=pk)
    return _answer(request, summons, request.user, meeting.get_absolute_url())


@for_secretariat
@require_POST
def summons_again(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    meeting = visible_meeting(request, code)
    summons = get_object_or_404(_summonses(), meeting=meeting, pk=pk)
    try:
        summonses.send_again(actor=request.user, summons=summons)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("The summons is on its way to %(address)s again.") % {"address": summons.user.email},
        )
    return redirect(meeting)


def _summonses() -> QuerySet[Summons]:
    return Summons.objects.select_related(
        "meeting__committee", "user", "seat__partner", "replied_by"
    )


def _answer(request: HttpRequest, summons: Summons, actor: User, then: str) -> HttpResponse:
    form = ReplyForm(request.POST or None, summons=summons)
    if request.method == "POST" and form.is_valid():
        try:
            summonses.reply(actor=actor, summons=summons, **form.cleaned_data)
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _said(summons, actor))
            return redirect(then)
    return render(
        request,
        "governance/summons_reply.html",
        {
            "summons": summons,
            "meeting": summons.meeting,
            "form": form,
            "entrusted": entrusting.entrusted_to(summons.user, summons.meeting),
            "is_open": summonses.replies_are_open(summons.meeting),
            "in_their_name": actor.pk != summons.user_id,
            "suggested": request.GET.get("answer", Reply.YES),
        },
        status=422 if form.errors else 200,
    )


def _said(summons: Summons, actor: User) -> str:
    if actor.pk != summons.user_id:
        return _("The reply of %(person)s is recorded.") % {"person": summons.user}
    return _("Your reply is recorded. You can change it until the meeting.")
