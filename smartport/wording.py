"""Sentences and comparisons the components show: a quorum, a delay, what changed in a text, what to correct."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseForm
from django.utils.translation import gettext, ngettext

WORDS = re.compile(r"\s+|[^\w\s]|\w+")
LONGEST_COMPARED = 20_000  # characters: beyond, two texts are shown whole


def distance_to_due(days: int) -> str:
    """How far a due day is; negative `days` are late."""
    if days == 0:
        return gettext("today")
    if days > 0:
        return ngettext("in %(count)s day", "in %(count)s days", days) % {"count": days}
    return ngettext("%(count)s day late", "%(count)s days late", -days) % {"count": -days}


def format_name(extension: str) -> str:
    """A file's format as people write it: ``CSV``, ``GeoJSON``."""
    return "GeoJSON" if extension == "geojson" else extension.upper()


def quorum(present: int, required: int, total: int) -> str:
    said = ngettext(
        "%(present)s of %(total)s voting seat taken",
        "%(present)s of %(total)s voting seats taken",
        total,
    ) % {"present": present, "total": total}
    missing = required - present
    if missing <= 0:
        return gettext("Quorum reached: %(said)s, %(required)s needed.") % {
            "said": said,
            "required": required,
        }
    short = ngettext("%(count)s more needed", "%(count)s more needed", missing) % {"count": missing}
    return gettext("Quorum not reached: %(said)s, %(short)s.") % {"said": said, "short": short}


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """Pieces of both texts in reading order: (`same`, `removed` or `added`, text)."""
    if len(before) + len(after) > LONGEST_COMPARED:
        return [("removed", before), ("added", after)]
    old, new = WORDS.findall(before), WORDS.findall(after)
    pieces: list[tuple[str, str]] = []
    for step, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            pieces.append(("same", "".join(old[i1:i2])))
            continue
        if i2 > i1:
            pieces.append(("removed", "".join(old[i1:i2])))
        if j2 > j1:
            pieces.append(("added", "".join(new[j1:j2])))
    return list(_joined(pieces))


def _joined(pieces: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Changes with only a space between them read as one: otherwise a rewritten sentence flickers word by word."""
    removed = added = ""
    for position, (kind, text) in enumerate(pieces):
        if kind == "removed":
            removed += text
        elif kind == "added":
            added += text
        elif text.isspace() and removed + added and position + 1 < len(pieces):
            removed, added = removed and removed + text, added and added + text
        else:
            yield from (piece for piece in (("removed", removed), ("added", added)) if piece[1])
            removed = added = ""
            yield kind, text
    yield from (piece for piece in (("removed", removed), ("added", added)) if piece[1])


def form_errors(form: BaseForm) -> Iterator[dict[str, Any]]:
    """One line per error, with the label of its field and the id of the control to go to."""
    for name, errors in form.errors.items():
        field = None if name == NON_FIELD_ERRORS else form[name]
        for error in errors:
            hidden = field is None or field.is_hidden
            yield {
                "label": "" if hidden else field.label,
                "anchor": "" if hidden else getattr(field, "anchor", field.id_for_label),
                "text": error,
            }
