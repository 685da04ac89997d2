"""Messages of the secretariat to a group."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners.enums import AnnouncementState, Language
from partners.forms import AnnouncementForm
from partners.models import Announcement
from partners.services import announcements
from partners.views.letters import letter_response
from partners.views.outbox import for_secretariat
from smartport.errors import Refusal
from smartport.groups import group_of

SHOWN_NAMES = 100


@require_safe
@for_secretariat
def announcement_list(request: HttpRequest) -> HttpResponse:
    rows = Announcement.objects.visible_to(request.user).select_related("author")[:100]
    return render(request, "partners/announcement_list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@for_secretariat
def announcement_write(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    announcement = _draft(request, pk) if pk else Announcement()
    form = AnnouncementForm(request.POST or None, instance=announcement)
    if request.method == "POST" and form.is_valid():
        saved = announcements.save_announcement(
            actor=request.user, announcement=form.save(commit=False)
        )
        return redirect("partners:announcement", saved.pk)
    status = 422 if form.errors else 200
    return render(request, "partners/announcement_form.html", {"form": form}, status=status)


@csp_update({"frame-src": [SELF]})
@require_http_methods(["GET", "HEAD", "POST"])
@for_secretariat
def announcement(request: HttpRequest, pk: int) -> HttpResponse:
    """What each will read, who and how many they are; then the button that sends it."""
    row = get_object_or_404(
        Announcement.objects.visible_to(request.user).select_related("author"), pk=pk
    )
    if request.method == "POST":
        expected = request.POST.get("expected", "")
        try:
            sent = announcements.send_announcement(
                actor=request.user,
                announcement=row,
                expected=int(expected) if expected.isascii() and expected.isdigit() else -1,
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, _("On its way, people written to: %(count)s.") % {"count": sent.count}
            )
        return redirect("partners:announcement", pk)
    people = announcements.readers_of(row) if row.state == AnnouncementState.DRAFT else []
    context = {
        "row": row,
        "group": group_of(row.group),
        "people": people[:SHOWN_NAMES],
        "count": len(people),
        "more": max(0, len(people) - SHOWN_NAMES),
        "letters": [
            (language, label, announcements.preview(row, language))
            for language, label in Language.choices
            if row.words(language)["text"]
        ],
        "english_missing": announcements.english_missing(row, people),
    }
    return render(request, "partners/announcement.html", context)


@require_safe
@for_secretariat
def announcement_letter(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    row = get_object_or_404(Announcement.objects.visible_to(request.user), pk=pk)
    if language not in Language.values:
        raise Http404
    return letter_response(announcements.preview(row, language).html)


@require_POST
@for_secretariat
def announcement_delete(request: HttpRequest, pk: int) -> HttpResponse:
    announcements.delete_announcement(actor=request.user, announcement=_draft(request, pk))
    messages.success(request, _("The draft is deleted."))
    return redirect("partners:announcements")


def _draft(request: HttpRequest, pk: int) -> Announcement:
    drafts = Announcement.objects.visible_to(request.user).filter(state=AnnouncementState.DRAFT)
    return get_object_or_404(drafts, pk=pk)
