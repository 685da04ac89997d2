"""Replies to a summons: in the portal, or by the signed link of the message, without signing in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from governance.enums import MeetingStatus
from governance.forms import ReplyForm
from governance.models import Summons
from governance.services import summons as summonses
from smartport.errors import Refusal


@login_required
def meeting_reply(request: HttpRequest, code: str) -> HttpResponse:
    """One's own summons only."""
    summons = get_object_or_404(
        Summons.objects.select_related("meeting__committee", "user", "seat__partner"),
        meeting__code=code,
        user=request.user,
        sent_at__isnull=False,
    )
    return _answer(request, summons, summons.meeting.get_absolute_url())


@never_cache
def summons_reply(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing (mail filters open links too): the reply is a button away."""
    summons = summonses.summons_of(token)
    if summons is None:
        raise Http404
    return _answer(request, summons, request.path)


def _answer(request: HttpRequest, summons: Summons, then: str) -> HttpResponse:
    is_open = summons.meeting.status == MeetingStatus.SUMMONED
    form = ReplyForm(request.POST or None, summons=summons)
    if request.method == "POST" and form.is_valid():
        try:
            summonses.reply(actor=summons.user, summons=summons, **form.cleaned_data)
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(
                request, _("Your reply is recorded. You can change it until the meeting.")
            )
            return redirect(then)
    context = {"summons": summons, "meeting": summons.meeting, "form": form, "is_open": is_open}
    status = 422 if form.errors else 200
    return render(request, "governance/summons_reply.html", context, status=status)
