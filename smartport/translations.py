"""The catalogues of the portal's own texts, read and written with Babel, so that no GNU gettext is needed.

English is the language of the code: a text's English form is its key, and only the other languages have a
catalogue. French comes with its typography put right: the space before `;:?!»€` and after `«` never breaks.
"""

import ast
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.template import TemplateSyntaxError
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CODE = ("smartport", "partners", "projects", "governance")
TEMPLATE_SUFFIXES = {".html", ".txt", ".xml"}
LANGUAGES = ("fr",)

_CONTEXT = (1, "c")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": (_CONTEXT, 2),
    "pgettext_lazy": (_CONTEXT, 2),
    "npgettext": (_CONTEXT, 2, 3),
    "npgettext_lazy": (_CONTEXT, 2, 3),
}
ALIAS = re.compile(r"^from django\.utils\.translation import (\w+) as (\w+)$", re.MULTILINE)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<![%\w])\{(\w*)\}")
HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""

Translation = str | list[str]


class TranslationError(Exception):
    """A text or a translation that cannot be used; the message names it."""


def catalogue_path(language: str, root: Path = ROOT) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def _python_files(root: Path) -> Iterator[Path]:
    for folder in CODE:
        yield from sorted(p for p in (root / folder).rglob("*.py") if "migrations" not in p.parts)


def _template_files(root: Path) -> Iterator[Path]:
    for folder in [root / "templates", *(root / name / "templates" for name in CODE)]:
        yield from sorted(p for p in folder.rglob("*") if p.suffix in TEMPLATE_SUFFIXES)


def _sources(root: Path) -> Iterator[tuple[str, str]]:
    """Each source file's name and text as Python: templates become calls to `gettext` and its family."""
    for path in _python_files(root):
        name, text = str(path.relative_to(root)), path.read_text(encoding="utf-8")
        _refuse_computed_texts(name, text)
        yield name, text
    for path in _template_files(root):
        name = str(path.relative_to(root))
        try:
            text = templatize(path.read_text(encoding="utf-8"), origin=name)
        except TemplateSyntaxError as error:
            raise TranslationError(f"{name}: {error}") from error
        # Indentation means something to Python, nothing to a template.
        yield name, "\n".join(line.lstrip() for line in text.splitlines())


def _keywords_in(text: str) -> dict[str, Any]:
    """The functions that mark a text in this source, under the names it imports them by."""
    return KEYWORDS | {
        alias: KEYWORDS[name] for name, alias in ALIAS.findall(text) if name in KEYWORDS
    }


def _refuse_computed_texts(name: str, text: str) -> None:
    """A text put together inside the call would never be found in a catalogue."""
    named = _keywords_in(text)
    for node in ast.walk(ast.parse(text, name)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) in named:
            for argument in node.args:
                if isinstance(argument, ast.JoinedStr | ast.BinOp | ast.IfExp | ast.BoolOp):
                    raise TranslationError(
                        f"{name}:{node.lineno}: translate each text whole, then choose or fill in"
                    )


def _arguments(places: Any, found: Any) -> tuple[str | None, Any] | None:
    """The context and the text (a pair when it has a plural) of a call; nothing where it is a variable."""
    values = found if isinstance(found, tuple) else (found,)
    context = None
    picked = []
    for place in places or (1,):
        position = place[0] if isinstance(place, tuple) else place
        value = values[position - 1] if position <= len(values) else None
        if value is None:
            return None
        if not value:
            raise TranslationError("an empty text cannot be translated")
        if isinstance(place, tuple):
            context = value
        else:
            picked.append(value)
    return context, picked[0] if len(picked) == 1 else tuple(picked)


def extract(root: Path = ROOT) -> Catalog:
    """Every text marked for translation in the code and the templates."""
    catalog = Catalog(charset="utf-8")
    for name, text in _sources(root):
        named = _keywords_in(text)
        for line, function, found, comments in extract_python(
            BytesIO(text.encode()), list(named), ["Translators:"], {"encoding": "utf-8"}
        ):
            try:
                arguments = _arguments(named[function], found)
            except TranslationError as error:
                raise TranslationError(f"{name}:{line}: {error}") from error
            if arguments:
                context, message_id = arguments
                catalog.add(message_id, context=context, auto_comments=comments)
    return catalog


def read_catalogue(language: str, root: Path = ROOT) -> Catalog:
    path = catalogue_path(language, root)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def _key(message: Message) -> tuple[str, str]:
    return (_singular(message), message.context or "")


def _singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def french_spaces(text: str) -> str:
    """The text with its French spaces made unbreakable; spaces that are missing are not invented."""
    text = re.sub(r"(?<=[^\s]) (?=[;:?!»€])", "\N{NO-BREAK SPACE}", text)
    return text.replace("« ", "«\N{NO-BREAK SPACE}")


def _polished(string: Any, language: str) -> Any:
    if language != "fr":
        return string
    if isinstance(string, str):
        return french_spaces(string)
    return tuple(french_spaces(form) for form in string)


def merged(language: str, root: Path = ROOT, additions: dict | None = None) -> Catalog:
    """What the catalogue should be: the texts of the code now, with the translations known so far.

    Translations whose text is gone stay in the obsolete part, so that a renamed text can be found again.
    """
    known = read_catalogue(language, root)
    strings = {_key(m): m for m in [*known.obsolete.values(), *known] if m.id}
    additions = additions or {}
    target = Catalog(locale=language, charset="utf-8")
    for message in extract(root):
        if not message.id:
            continue
        key = _key(message)
        old = strings.pop(key, None)
        string = _wanted_shape(message, additions.pop(key, old.string if old else None))
        target.add(
            message.id,
            _polished(string, language),
            flags=(old.flags - {"python-format", "python-brace-format"}) if old else (),
            auto_comments=message.auto_comments,
            user_comments=old.user_comments if old else (),
            context=message.context,
        )
    for (singular, context), translation in additions.items():
        if not isinstance(translation, str):
            raise TranslationError(f"{singular!r} has a plural, but no text of the code has it")
        strings[singular, context] = Message(singular, translation, context=context or None)
    for message in strings.values():
        if message.string:
            message.string = _polished(message.string, language)
            target.obsolete[_key(message)] = message
    return target


def _wanted_shape(message: Message, string: Any) -> Any:
    """The translation as the message needs it: one text, or one per plural form; empty where unknown."""
    if message.pluralizable:
        forms = (string,) if isinstance(string, str) else tuple(string or ())
        return forms if len(forms) == 2 else ("", "")
    if string is None or isinstance(string, str):
        return string or ""
    raise TranslationError(f"{message.id!r} has no plural, but was given {len(string)} forms")


def rendered(catalog: Catalog) -> bytes:
    """The `.po` file's bytes: sorted by text, without places or dates, so that changes meet rarely."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=100, no_location=True, omit_header=True, sort_output=True)
    header = HEADER.format(language=catalog.locale_identifier, plural_forms=catalog.plural_forms)
    return header.encode() + buffer.getvalue().strip(b"\n") + b"\n"


@contextmanager
def locked(root: Path = ROOT) -> Iterator[None]:
    """Only one writer of the catalogues at a time, whoever runs the command."""
    folder = root / "locale"
    folder.mkdir(exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(path: Path, content: bytes) -> bool:
    """Writes the file whole or not at all; says whether anything changed."""
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)
    return True


def update(root: Path = ROOT, *, prune: bool = False) -> dict[str, Catalog]:
    """Rewrites every catalogue from the code; with `prune`, forgets translations that nothing uses."""
    catalogs = {}
    with locked(root):
        for language in LANGUAGES:
            catalog = merged(language, root)
            if prune:
                catalog.obsolete.clear()
            _replace(catalogue_path(language, root), rendered(catalog))
            catalogs[language] = catalog
    return catalogs


def set_translations(
    entries: dict[str, Translation | dict[str, Translation]],
    language: str = "fr",
    root: Path = ROOT,
) -> Catalog:
    """Merges `{text: translation}` into a catalogue; plurals as `[one, many]`, contexts as a nested dict."""
    additions: dict[tuple[str, str], Translation] = {}
    for key, value in entries.items():
        nested = value.items() if isinstance(value, dict) else [(key, value)]
        context = key if isinstance(value, dict) else ""
        additions.update({(text, context): translation for text, translation in nested})
    with locked(root):
        catalog = merged(language, root, additions)
        _replace(catalogue_path(language, root), rendered(catalog))
    return catalog


def faults(root: Path = ROOT) -> Iterator[str]:
    """What is wrong with the catalogues, one line each; nothing when they are complete and current."""
    for language in LANGUAGES:
        path = catalogue_path(language, root)
        catalog = merged(language, root)
        if not path.exists() or path.read_bytes() != rendered(catalog):
            yield f"{language}: the catalogue is not up to date; run `make messages`"
        for message in catalog:
            if message.id:
                yield from (
                    f"{language}: {_singular(message)!r}: {fault}"
                    for fault in _message_faults(message)
                )


def _message_faults(message: Message) -> Iterator[str]:
    if "fuzzy" in message.flags:
        yield "is marked fuzzy"
    texts = message.id if message.pluralizable else (message.id,)
    forms = message.string if message.pluralizable else (message.string,)
    if not all(forms):
        yield "has no translation"
        return
    allowed = {name for text in texts for name in PLACEHOLDER.findall(text)}
    needed = set(PLACEHOLDER.findall(texts[-1]))
    if any(set(PLACEHOLDER.findall(form)) - allowed for form in forms) or needed - set(
        PLACEHOLDER.findall(forms[-1])
    ):
        yield "its placeholders differ from the text's"


def compile_catalogues(root: Path = ROOT) -> list[Path]:
    """Writes each `.mo` that is missing or older than its `.po`; returns those written."""
    written = []
    for language in LANGUAGES:
        source = catalogue_path(language, root)
        target = source.with_suffix(".mo")
        if not source.exists() or (
            target.exists() and target.stat().st_mtime >= source.stat().st_mtime
        ):
            continue
        buffer = BytesIO()
        write_mo(buffer, read_catalogue(language, root))
        _replace(target, buffer.getvalue())
        target.touch()
        written.append(target)
    return written
