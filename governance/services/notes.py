"""A reader's private notes on a pack, found again in the next version by the words they stand beside."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from governance.models import Meeting, Pack, PackNote
from governance.typesetting.reading import Page
from partners.models import User
from smartport.errors import Refusal

LONGEST = 5000


class NoteTooLong(Refusal):
    """A note has at most 5,000 characters."""

    code = "note_too_long"
    status = 400


@dataclass(frozen=True)
class Placed:
    """`paragraph` is the note's place on the page, from 1; None when its words are not there any more."""

    note: PackNote
    paragraph: int | None


def write_note(*, actor: User, pack: Pack, anchor: str, quote: str, text: str) -> PackNote | None:
    """Keep the note, or take it away when `text` is empty. One by person, page and paragraph."""
    text = text.strip()
    if len(text) > LONGEST:
        raise NoteTooLong(
            _("A note has at most 5,000 characters."), remedy=_("Shorten it."), field="text"
        )
    key: dict[str, Any] = {
        "meeting_id": pack.meeting_id,
        "user": actor,
        "anchor": anchor,
        "quote_sha256": hashlib.sha256(quote.encode()).hexdigest(),
    }
    if not text:
        PackNote.objects.filter(**key).delete()
        return None
    note, _made = PackNote.objects.update_or_create(**key, defaults={"quote": quote, "text": text})
    return note


def notes_on(page: Page, *, user: User, meeting: Meeting) -> list[Placed]:
    """This person's notes on this page, in the order of its paragraphs, the ones without place last."""
    return notes_in([page], user=user, meeting=meeting)


def notes_in(pages: Iterable[Page], *, user: User, meeting: Meeting) -> list[Placed]:
    """The same of several pages, in their order."""
    ranked = {page.anchor: (rank, page) for rank, page in enumerate(pages)}
    places = {
        (anchor, text): number
        for anchor, (_rank, page) in ranked.items()
        for number, text in enumerate(page.paragraphs, start=1)
    }
    rows = PackNote.objects.filter(user=user, meeting=meeting, anchor__in=ranked)
    placed = [Placed(note, places.get((note.anchor, note.quote))) for note in rows]
    return sorted(
        placed,
        key=lambda row: (
            ranked[row.note.anchor][0], row.paragraph is None, row.paragraph or 0, row.note.pk,
        ),
    )  # fmt: skip
