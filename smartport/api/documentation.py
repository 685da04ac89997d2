"""The description of the API (OpenAPI 3.1), and the page that shows it: plain HTML, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from smartport.api.description import METHODS
from smartport.api.fields import LANGUAGES, REFERENCE
from smartport.api.rendering import PageRenderer
from smartport.api.routing import VERSION
from smartport.api.views import ApiView


@lru_cache(maxsize=4)
def schema(language: str) -> dict[str, Any]:
    """The same for everyone and until the next start."""
    with override(language):
        return SchemaGenerator(api_version=VERSION).get_schema(request=None, public=True)


class SchemaView(ApiView):
    """JSON unless YAML is asked for."""

    renderer_classes = [
        OpenApiJsonRenderer,
        OpenApiJsonRenderer2,
        OpenApiYamlRenderer,
        OpenApiYamlRenderer2,
    ]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(schema(get_language() or "fr"))


@dataclass(frozen=True)
class Line:
    """A parameter or a field: its name, its form ("string", "date or null", the codes it takes), its meaning."""

    name: str
    form: str
    meaning: str
    codes: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    meaning: str
    parameters: list[Line]
    sent: list[Line]
    answered: list[Line]


@dataclass(frozen=True)
class Chapter:
    """What one collection does. `answered` are the fields of its objects, told once."""

    name: str
    title: str
    operations: list[Operation]


@lru_cache(maxsize=4)
def chapters(language: str) -> tuple[Chapter, ...]:
    whole = schema(language)
    found: dict[str, Chapter] = {}
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                name = operation["tags"][0]
                chapter = found.setdefault(name, Chapter(name, operation.get("summary", name), []))
                chapter.operations.append(_operation(whole, method, path, operation))
    return tuple(found.values())


def _operation(whole: dict, method: str, path: str, operation: dict) -> Operation:
    parameters = [
        _line(
            whole,
            each["name"],
            each["schema"],
            each.get("description", ""),
            each.get("required", False),
        )
        for each in operation.get("parameters", [])
        if each["in"] != "path"
    ]
    body = _body(operation.get("requestBody", {}))
    answers = (found for status, found in operation["responses"].items() if status.startswith("2"))
    answer = _body(next(answers, {}))
    told_elsewhere = method != "get" or _is_page(whole, answer)
    return Operation(
        method=method.upper(),
        path=path,
        meaning=operation.get("description", ""),
        parameters=parameters,
        sent=list(_fields(whole, body)),
        answered=[] if told_elsewhere else list(_fields(whole, answer)),
    )


def _body(holder: dict) -> dict:
    return next(iter(holder.get("content", {}).values()), {}).get("schema", {})


def _is_page(whole: dict, described: dict) -> bool:
    """Lists hold the objects that the object's own address describes."""
    return "results" in _resolved(whole, described).get("properties", {})


def _resolved(whole: dict, described: dict) -> dict:
    """Without references: those to a component, and the one-of and all-of that wrap them."""
    for wrapper in ("allOf", "oneOf", "anyOf"):
        if wrapper in described:
            described = {**described, **_resolved(whole, described[wrapper][0])}
    if "$ref" in described:
        name = described["$ref"].rpartition("/")[2]
        return {**described, **_resolved(whole, whole["components"]["schemas"][name])}
    return described


def _fields(whole: dict, described: dict, prefix: str = "") -> Iterator[Line]:
    """The fields of an object, and those of the objects in it one level down."""
    resolved = _resolved(whole, described)
    for name, field in resolved.get("properties", {}).items():
        required = name in resolved.get("required", ())
        yield _line(whole, prefix + name, field, field.get("description", ""), required)
        inner = _resolved(whole, field)
        if prefix or _known_form(inner):
            continue
        if "items" in inner:
            yield from _fields(whole, inner["items"], f"{name}[].")
        else:
            yield from _fields(whole, inner, f"{name}.")


def _known_form(described: dict) -> str:
    """Objects that come back everywhere and are not taken apart each time: texts, pages, references."""
    described = described.get("items", described)
    names = set(described.get("properties", ()))
    if names == set(LANGUAGES):
        return "{" + ", ".join(LANGUAGES) + "}"
    return "{id, url, …}" if names == REFERENCE["properties"].keys() else ""


def _line(whole: dict, name: str, field: dict, meaning: str, required: bool) -> Line:
    resolved = _resolved(whole, field)
    codes = tuple(str(code) for code in resolved.get("enum", ()) if code not in ("", None))
    # The choices of a vocabulary are shown as codes: the library writes them into the description too.
    told = meaning.partition("* `")[0].strip() or field.get("title", "")
    return Line(name, _form(whole, resolved), told, codes, required)


def _form(whole: dict, resolved: dict) -> str:
    kinds = resolved.get("type", "object")
    if known := _known_form(resolved):
        return f"[{known}]" if "items" in resolved else known
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    if "array" in kinds:
        return f"[{_form(whole, _resolved(whole, resolved.get('items', {})))}]"
    return " | ".join(resolved.get("format", kind) if kind == "string" else kind for kind in kinds)


class Docs(ApiView):
    """Every address in one list; the details of one collection where `of` names it."""

    renderer_classes = [PageRenderer]
    page_template = "docs"
    title: ClassVar[str | Promise] = _("Documentation of the interface")
    summary: ClassVar[str | Promise] = _("Each address, what it takes and what it gives.")

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response({})

    def page_context(self) -> dict[str, Any]:
        named = {chapter.name: chapter for chapter in chapters(get_language() or "fr")}
        return {
            "chapters": list(named.values()),
            "chapter": named.get(self.request.query_params.get("of", "")),
        }
