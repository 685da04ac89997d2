"""A written consultation: the page where a seat answers, and the count that ends it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.forms import AnswersForm
from governance.models import AgendaItem
from governance.services import consultation
from governance.views.access import for_secretariat
from governance.views.meetings import pinned_for, visible_meeting
from smartport.errors import Refusal


@login_required
def consultation_answer(request: HttpRequest, code: str) -> HttpResponse:
    """With `?seat=`, for that seat, where a person speaks for several."""
    meeting = visible_meeting(request, code)
    seats = consultation.seats_answering(request.user, meeting)
    if not seats:
        raise PermissionDenied
    wanted = request.GET.get("seat", "")
    seat = next((one for one in seats if str(one.pk) == wanted), seats[0])
    items = (
        AgendaItem.objects.visible_to(request.user)
        .filter(meeting=meeting)
        .prefetch_related(Prefetch("annexes", pinned_for(request.user)))
        .order_by("position")
    )
    given = consultation.answers_of(seat, meeting)
    is_open = consultation.takes_answers(meeting)
    sent = request.POST if request.method == "POST" else None
    form = AnswersForm(sent, items=items, given=given)
    if request.method == "POST" and form.is_valid():
        try:
            consultation.answer(
                actor=request.user, meeting=meeting, seat=seat, answers=form.answers()
            )
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(
                request, _("Your answers are recorded. They can be changed until the last day.")
            )
            return redirect(meeting)
    context = {
        "meeting": meeting,
        "seat": seat,
        "seats": seats,
        "form": form,
        "is_open": is_open,
        "given": [
            {"item": item, "vote": given[item.pk]} for item in form.items if item.pk in given
        ],
        "left": sum(1 for item in form.items if item.pk not in given),
    }
    status = 422 if form.errors else 200
    return render(request, "governance/consultation_answer.html", context, status=status)


@for_secretariat
@require_POST
def consultation_count(request: HttpRequest, code: str) -> HttpResponse:
    meeting = visible_meeting(request, code)
    try:
        consultation.count(actor=request.user, meeting=meeting)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The answers are counted. Check each outcome, then close."))
    return redirect(meeting)
