"""PDF pages from Typst sources and plain data: same sources and data, same bytes, on any machine.

Text always travels as JSON (the sources read `json("data.json")`), never as markup: `#read("x")` or
`*bold*` typed by a person is printed as typed. Fonts come from installed packages only, never from the
system. Typst remembers within a process what it laid out: pages whose data did not change cost little
the next time, as long as the data comes as a file and not as an input.
"""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import fontpkg_source_sans_3
import typst
from django.utils.translation import gettext_lazy as _

from smartport.errors import Refusal

PDF_UA = "ua-1"
ENGINE = f"typst {typst.__version__}"
DATA = "data.json"
PROBE = (
    f'#set document(title: "probe")\n#set text(lang: "fr")\n#for sign in json("{DATA}") [#sign ]'
)
# A wide no-break space is drawn by the glyph of the plain one: first on a page, it would give every space of the file
# its sign, and who searches for two words would find nothing. Plain before the month of a day, else narrow.
BEFORE_A_MONTH = re.compile(r"(?<=[\dr])\u00a0(?=[^\W\d_]{3})")
NARROWER = ("\u00a0", "\u202f")
# A word of more signs in a row is continued on the next line; addresses break where they do anyway.
UNBROKEN = re.compile(r"[^\s/._\\\"-]{24}")
SUBSTITUTE = "\N{WHITE SQUARE}"

_UNSHOWABLE = re.compile(r'the text [`"]+(.+?)[`"]+ could not be displayed', re.DOTALL)
_SPACES = dict.fromkeys(map(ord, "\n\t\u00a0\u202f"))  # what `isprintable` refuses and a page holds
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


class TypesettingFailed(Refusal):
    """Typst could not make the pages; `piece` names the source file and line it stopped at."""

    code = "typesetting_failed"

    def __init__(self, piece: str, reason: str) -> None:
        super().__init__(
            _("The pages could not be made: “%(reason)s” (%(piece)s).")
            % {"reason": reason, "piece": piece},
            remedy=_("Correct the text named here, or tell the administrator, then build again."),
        )
        self.piece = piece
        self.reason = reason


@dataclass(frozen=True)
class Pages:
    """`pdf` is the file; `replaced` the characters no font can draw, printed as a white square."""

    pdf: bytes
    replaced: frozenset[str]


def compile_pages(
    source: Path,
    data: Mapping[str, Any],
    *,
    made_at: datetime,
    standards: tuple[str, ...] = (PDF_UA,),
    tagged: bool = True,
) -> Pages:
    """Typeset `source` with `data` (JSON-able) as a PDF dated `made_at`.

    The sources may read what lies in their own folder, and nothing else.
    Raises TypesettingFailed, naming the piece.
    """
    options = {
        "format": "pdf",
        "pdf_standards": list(standards),
        "timestamp": made_at.astimezone(UTC).replace(microsecond=0),
        "pdf_tags": tagged,
    }
    return Pages(*_compiled(source, data, **options))


def compile_picture(source: Path, data: Mapping[str, Any]) -> bytes:
    """Typeset the one page of `source` as a PNG, a pixel to the point. Raises TypesettingFailed."""
    return _compiled(source, data, format="png", ppi=72)[0]


def _compiled(
    source: Path, data: Mapping[str, Any], **options: Any
) -> tuple[bytes, frozenset[str]]:
    """The file, and the characters that no font could draw."""
    text = json.dumps(clean(data), ensure_ascii=False, sort_keys=True)
    text = UNBROKEN.sub("\\g<0>\u200b", BEFORE_A_MONTH.sub(" ", text).replace(*NARROWER))
    replaced: frozenset[str] = frozenset()
    while True:
        try:
            return _compile(source, text, **options), replaced
        except typst.TypstError as error:
            found = _UNSHOWABLE.search(error.message)
            missing = (undrawable(text) or frozenset(found[1])) - replaced if found else frozenset()
            if not missing:
                raise _failure(error) from error
        replaced |= missing
        text = text.translate(dict.fromkeys(map(ord, missing), SUBSTITUTE))


def clean(value: Any) -> Any:
    """The same data without what a page cannot hold: control characters and direction overrides.

    Text is composed (NFC), so that an accent typed as two characters finds its glyph.
    """
    if isinstance(value, str):
        composed = unicodedata.normalize("NFC", value)
        if composed.translate(_SPACES).isprintable():
            return composed
        return "".join(filter(_is_printable, composed))
    if isinstance(value, Mapping):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return value


def undrawable(text: str) -> frozenset[str]:
    """The characters of `text` that none of the fonts holds."""
    return frozenset(_undrawable(sorted({sign for sign in text if ord(sign) > 0x17F})))


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """Source Sans 3 and the fonts inside the Typst package; nothing from the machine."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[fontpkg_source_sans_3.ROOT / "files"],
    )


def _is_printable(sign: str) -> bool:
    if sign in _BIDI_CONTROLS:
        return False
    return sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs", "Co", "Cn")


def _compile(source: Path, text: str, **options: Any) -> bytes:
    with TemporaryDirectory(prefix="typst-") as folder:
        root = Path(shutil.copytree(source.parent, folder, dirs_exist_ok=True))
        (root / DATA).write_text(text, encoding="utf-8")
        return typst.compile(
            root / source.name,
            root=root,
            font_paths=fonts(),
            ignore_system_fonts=True,
            **options,
        )


def _undrawable(signs: list[str]) -> list[str]:
    if not signs or _draws(signs):
        return []
    if len(signs) == 1:
        return signs
    half = len(signs) // 2
    return _undrawable(signs[:half]) + _undrawable(signs[half:])


def _draws(signs: list[str]) -> bool:
    with TemporaryDirectory(prefix="typst-") as folder:
        probe = Path(folder, "probe.typ")
        probe.write_text(PROBE, encoding="utf-8")
        try:
            _compile(probe, json.dumps(signs), format="pdf", pdf_standards=[PDF_UA], timestamp=0)
        except typst.TypstError:
            return False
    return True


def _failure(error: typst.TypstError) -> TypesettingFailed:
    where = re.search(r"┌─ (\S+)", error.diagnostic or "")
    return TypesettingFailed(where.group(1) if where else "?", error.message)
