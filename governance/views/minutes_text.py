"""The text of minutes: written by one person at a time, kept while it is typed, compared, read as a file."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from governance.forms import MinutesForm
from governance.models import Minutes
from governance.permissions import can_prepare_meetings
from governance.services import minutes as writing
from governance.services.minutes_files import file_of
from governance.views.access import for_secretariat
from governance.views.minutes import visible_minutes
from smartport import dates, presence
from smartport.errors import Refusal, Stale
from smartport.files import OFFICE, PDF


@for_secretariat
def minutes_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Starts from what the person had typed and not saved, if there is any."""
    minutes = visible_minutes(request, code)
    kept = minutes.drafts.filter(user=request.user).first()
    source = kept or minutes
    initial = {"text": source.text, "revision": source.revision}
    form = MinutesForm(request.POST or None, initial=initial)
    status, theirs = 200, None
    if request.method == "POST" and form.is_valid():
        try:
            writing.edit(actor=request.user, minutes=minutes, **form.cleaned_data)
        except Stale as stale:
            theirs, status = stale.context["current"], 409
            form.add_error(None, str(stale))
            form.data = form.data.copy()
            form.data["revision"] = theirs.revision
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The minutes are saved as a new revision."))
            return redirect("governance:minutes_detail", code=code)
    elif kept and kept.revision != minutes.revision:
        theirs = minutes
        form.initial["revision"] = minutes.revision
    context = {
        "form": form,
        "minutes": minutes,
        "meeting": minutes.meeting,
        "theirs": theirs,
        "kept": kept,
        "writer": minutes.revisions.select_related("author").defer("text").first(),
    }
    if form.errors and status == 200:
        status = 422
    return render(request, "governance/minutes_form.html", context, status=status)


def _for_scripts(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answers in JSON, 401 when the session is over and 403 to those who may not write."""

    @require_POST
    def guarded(request: HttpRequest, code: str) -> HttpResponse:
        if not request.user.is_authenticated:
            return JsonResponse({"message": _("Your session has ended.")}, status=401)
        if not can_prepare_meetings(request.user):
            return JsonResponse({"message": _("Only the secretariat writes minutes.")}, status=403)
        return view(request, visible_minutes(request, code))

    return guarded


@_for_scripts
def minutes_autosave(request: HttpRequest, minutes: Minutes) -> HttpResponse:
    """200 {saved_at}; 409 someone saved another revision, and the text is kept all the same; 422 {message}."""
    form = MinutesForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"message": _("The text is empty.")}, status=422)
    try:
        kept = writing.keep(actor=request.user, minutes=minutes, **form.cleaned_data)
    except Refusal as refusal:
        return JsonResponse({"message": str(refusal)}, status=422)
    if kept.revision != minutes.revision:
        return JsonResponse({}, status=409)
    return JsonResponse({"saved_at": dates.clock(kept.at)})


@_for_scripts
def minutes_presence(request: HttpRequest, minutes: Minutes) -> HttpResponse:
    place = f"minutes:{minutes.pk}"
    presence.arrive(place, request.user)
    names = presence.others(place, request.user)
    told = ngettext(
        "%(names)s also has these minutes open.",
        "%(names)s also have these minutes open.",
        len(names),
    ) % {"names": presence.joined(names)}
    return JsonResponse({"others": told if names else ""})


@for_secretariat
@require_POST
def minutes_give_up(request: HttpRequest, code: str) -> HttpResponse:
    writing.give_up(actor=request.user, minutes=visible_minutes(request, code))
    messages.success(request, _("What you had typed is forgotten; the saved text stays."))
    return redirect("governance:minutes_edit", code=code)


@for_secretariat
@require_safe
def minutes_revision(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One revision, as what it changed in the one before."""
    minutes = visible_minutes(request, code)
    revision = get_object_or_404(minutes.revisions.select_related("author"), number=number)
    context = {
        "meeting": minutes.meeting,
        "minutes": minutes,
        "revision": revision,
        "before": minutes.revisions.filter(number__lt=number).first(),
        "after": minutes.revisions.filter(number__gt=number).order_by("number").first(),
    }
    return render(request, "governance/minutes_revision.html", context)


@require_safe
@login_required
def minutes_pdf(request: HttpRequest, code: str) -> HttpResponse:
    return _file(request, code, "pdf", PDF)


@require_safe
@login_required
def minutes_word(request: HttpRequest, code: str) -> HttpResponse:
    return _file(request, code, "docx", OFFICE["docx"])


def _file(request: HttpRequest, code: str, ending: str, media_type: str) -> HttpResponse:
    name, content = file_of(visible_minutes(request, code), ending)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=media_type, headers=headers)
