"""A pack read on the screen: one page per entry, contents, search, and the reader's own notes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from governance.forms import NoteForm
from governance.models import Pack
from governance.services import notes, versions
from governance.services.reading import pages_of
from governance.typesetting.reading import Page
from governance.views.meetings import visible_meeting
from governance.views.packs import visible_packs
from smartport.errors import Refusal

SHOWN = 12  # words kept around a word found


@login_required
def pack_read(request: HttpRequest, code: str, pk: int, anchor: str = "") -> HttpResponse:
    """`?q=` searches the whole pack; `?note=` opens the note on that paragraph."""
    pack = _pack(request, code, pk)
    found = pages_of(pack)
    return _show(request, pack, found, _at(found, anchor))


@require_POST
@login_required
def note_write(request: HttpRequest, code: str, pk: int, anchor: str) -> HttpResponse:
    pack = _pack(request, code, pk)
    found = pages_of(pack)
    page = _at(found, anchor)
    form = NoteForm(request.POST)
    if form.is_valid():
        paragraph = form.cleaned_data["paragraph"]
        if not 1 <= paragraph <= len(page.paragraphs):
            raise Http404
        try:
            notes.write_note(
                actor=request.user,
                pack=pack,
                anchor=page.anchor,
                quote=page.paragraphs[paragraph - 1],
                text=form.cleaned_data["text"],
            )
        except Refusal as refusal:
            form.add_error("text", str(refusal))
        else:
            return redirect("governance:pack_read_page", code=code, pk=pk, anchor=page.anchor)
    return _show(request, pack, found, page, form=form)


@require_POST
@login_required
def pack_opened(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Told by the page once it is before the reader's eyes: later versions then say what changed since."""
    versions.record_reading(actor=request.user, pack=_pack(request, code, pk))
    return redirect("governance:pack_detail", code=code, pk=pk)


def _pack(request: HttpRequest, code: str, pk: int) -> Pack:
    return get_object_or_404(visible_packs(request, visible_meeting(request, code)), pk=pk)


def _at(found: tuple[Page, ...], anchor: str) -> Page:
    if not anchor:
        return found[0]
    page = next((page for page in found if page.anchor == anchor), None)
    if page is None:
        raise Http404
    return page


def _show(
    request: HttpRequest,
    pack: Pack,
    found: tuple[Page, ...],
    page: Page,
    form: NoteForm | None = None,
) -> HttpResponse:
    rank = found.index(page)
    words = request.GET.get("q", "").strip()
    numbers = dict(pack.entries.values_list("anchor", "first_page"))
    placed = notes.notes_on(page, user=request.user, meeting=pack.meeting)
    opened = _paragraph_asked(request, page)
    context: dict[str, Any] = {
        "pack": pack,
        "meeting": pack.meeting,
        "pages": [(each, numbers.get(each.anchor)) for each in found],
        "page": page,
        "printed_page": numbers.get(page.anchor),
        "previous": found[rank - 1] if rank else None,
        "next": found[rank + 1] if rank + 1 < len(found) else None,
        "notes": placed,
        "q": words,
        "hits": search(found, words) if words else None,
        "opened": opened,
        "quote": page.paragraphs[opened - 1] if opened else "",
        "form": form or NoteForm(initial=_note_of(placed, opened)),
    }
    if words:
        context["result"] = ngettext(
            "%(count)s page holds “%(words)s”.",
            "%(count)s pages hold “%(words)s”.",
            len(context["hits"]),
        ) % {"count": len(context["hits"]), "words": words}
    return render(
        request, "governance/pack_reader.html", context, status=422 if form is not None else 200
    )


def _paragraph_asked(request: HttpRequest, page: Page) -> int:
    asked = request.GET.get("note") or request.POST.get("paragraph") or ""
    number = int(asked) if asked.isascii() and asked.isdigit() else 0
    return number if number <= len(page.paragraphs) else 0


def _note_of(placed: list[notes.Placed], paragraph: int) -> dict[str, Any]:
    text = next((row.note.text for row in placed if row.paragraph == paragraph), "")
    return {"paragraph": paragraph or None, "text": text}


def search(found: tuple[Page, ...], words: str) -> list[tuple[Page, str]]:
    """The pages that hold these words, whatever their case, each with the first place they are found at."""
    wanted = words.casefold()
    hits = []
    for page in found:
        text = " ".join(page.text.split())
        at = text.casefold().find(wanted)
        if at >= 0:
            hits.append((page, _excerpt(text, at, len(words))))
    return hits


def _excerpt(text: str, at: int, length: int) -> str:
    before = text[:at].split()[-SHOWN:]
    after = text[at + length :].split(" ")[: SHOWN + 1]
    return " ".join(
        filter(None, [" ".join(before), text[at : at + length] + " ".join(after)])
    ).strip()
