"""The extract of minutes that the public reads, and how the secretariat publishes it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.forms import ExtractForm
from governance.models import Decision, MinutesExtract
from governance.permissions import can_publish_extract
from governance.services import extracts
from governance.views.access import for_secretariat
from governance.views.minutes import visible_minutes
from smartport.bilingual import columns, texts
from smartport.errors import Refusal


@require_safe
def minutes_extract(request: HttpRequest, code: str) -> HttpResponse:
    """Open to everyone once it is published: the latest one, with the public decisions it tells of."""
    found = MinutesExtract.objects.filter(minutes__meeting__code=code)
    extract = get_object_or_404(
        found.select_related("minutes__meeting__committee").order_by("-number")[:1]
    )
    meeting = extract.minutes.meeting
    decisions = Decision.objects.public().filter(meeting=meeting).select_related("committee")
    context = {
        "extract": extract,
        "meeting": meeting,
        "decisions": decisions.order_by("number"),
        "may_publish": can_publish_extract(request.user, extract.minutes),
    }
    return render(request, "governance/minutes_extract.html", context)


@for_secretariat
def extract_publish(request: HttpRequest, code: str) -> HttpResponse:
    """Starts from the last published text, or from the public decisions."""
    minutes = visible_minutes(request, code)
    if not can_publish_extract(request.user, minutes):
        raise PermissionDenied
    last = minutes.extracts.first()
    written = texts(last, "text") if last else extracts.draft_extract(minutes.meeting)
    form = ExtractForm(request.POST or None, initial=columns("text", written))
    if request.method == "POST" and form.is_valid():
        try:
            extract = extracts.publish(actor=request.user, minutes=minutes, texts=form.texts())
        except Refusal as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("The extract is public."))
            return redirect(extract)
    context = {"form": form, "meeting": minutes.meeting, "minutes": minutes, "last": last}
    return render(
        request, "governance/extract_form.html", context, status=422 if form.errors else 200
    )
