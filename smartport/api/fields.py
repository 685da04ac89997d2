"""Fields the floors' serializers share: texts in both languages, references, addresses, abilities."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.urls import reverse
from django.utils.functional import lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from smartport.addresses import page_path

LANGUAGES = [code for code, _name in settings.LANGUAGES]
OPTIONAL_TEXT = {"type": ["string", "null"]}
ADDRESS = {"type": "string", "format": "uri"}
REFERENCE = {
    "type": ["object", "null"],
    "properties": {"id": {"type": "integer"}, "url": ADDRESS},
    "required": ["id", "url"],
    "additionalProperties": True,
}


def texts(obj: Model, name: str) -> dict[str, str | None]:
    """A translated text by language; null where it is not written."""
    return {code: getattr(obj, f"{name}_{code}") or None for code in LANGUAGES}


def base_address(request: Request) -> str:
    return f"{request.scheme}://{request.get_host()}"


@lru_cache(maxsize=200)
def collection_path(name: str) -> str:
    return reverse(f"api:{name}-list")


class ReadField(serializers.Field):
    """Computed from the whole object."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance: Model) -> Model:
        return instance

    @property
    def base(self) -> str:
        return self.context["base"]


@extend_schema_field({"type": "string"})
class Sentence(ReadField):
    """Said in the reader's language when the answer is written: its version is the same in each."""

    def __init__(self, say: Callable[[Any], str]) -> None:
        super().__init__()
        self.say = lazy(say, str)

    def to_representation(self, value: Any) -> Any:
        return self.say(value)


@extend_schema_field(
    {"type": "object", "properties": dict.fromkeys(LANGUAGES, OPTIONAL_TEXT), "required": LANGUAGES}
)
class Texts(ReadField):
    """`{"fr": …, "en": …}`; null where a language has no text."""

    def to_representation(self, value: Model) -> dict[str, str | None]:
        return texts(value, self.field_name)


@extend_schema_field(ADDRESS)
class Address(ReadField):
    """Where the object itself is in the API."""

    def __init__(self, collection: str) -> None:
        super().__init__()
        self.collection = collection

    def to_representation(self, value: Model) -> str:
        return f"{self.base}{collection_path(self.collection)}{value.pk}/"


class Reference(ReadField):
    """Another object, briefly: its number, code, slug and name, and where it is. Null when not to be seen.

    Visibility is the queryset's business: it prefetches only what the caller may see.
    """

    def __init__(
        self, collection: str, *, name: str = "", source: str = "", many: bool = False
    ) -> None:
        super().__init__()
        self.collection, self.named, self.path, self.many = collection, name, source, many

    def to_representation(self, value: Model) -> dict[str, Any] | list | None:
        found: Any = value
        for part in (self.path or self.field_name).split("."):
            found = getattr(found, part, None)
        if self.many:
            return [self.brief(each) for each in found.all()] if found is not None else []
        return self.brief(found) if found is not None else None

    def brief(self, obj: Model) -> dict[str, Any]:
        told: dict[str, Any] = {"id": obj.pk}
        for name in ("code", "slug"):
            if hasattr(obj, name):
                told[name] = getattr(obj, name)
        if self.named:
            told[self.named] = texts(obj, self.named)
        told["url"] = f"{self.base}{collection_path(self.collection)}{obj.pk}/"
        return told


@extend_schema_field({"type": "array", "items": {**REFERENCE, "type": "object"}})
class References(Reference):
    def __init__(self, collection: str, *, name: str = "", source: str = "") -> None:
        super().__init__(collection, name=name, source=source, many=True)


extend_schema_field(REFERENCE)(Reference)


@extend_schema_field({"type": "object", "properties": dict.fromkeys(LANGUAGES, ADDRESS)})
class Pages(ReadField):
    """The pages about this object, by language. `arguments` are attributes of the object.

    An argument whose form the address prescribes comes with an example of it: `("reference", "0000-00000")`.
    """

    def __init__(self, view_name: str, *arguments: str | tuple[str, str]) -> None:
        super().__init__()
        self.view_name = view_name
        named = [each if isinstance(each, tuple) else (each, "") for each in arguments]
        self.names = [name for name, _example in named]
        self.examples = tuple(example for _name, example in named)

    def to_representation(self, value: Model) -> dict[str, str]:
        parts = [attrgetter(name)(value) for name in self.names]
        return {
            language: self.base
            + page_path(self.view_name, language, *parts, examples=self.examples)
            for language in LANGUAGES
        }


class Abilities(ReadField):
    """What this caller may do with the object: `{"submit": true, …}`, asked of the floor's permissions."""

    def __init__(self, **rules: Callable[[Any, Any], bool]) -> None:
        super().__init__()
        self.rules = rules

    def to_representation(self, value: Model) -> dict[str, bool]:
        user = self.context["request"].user
        return {name: bool(rule(user, value)) for name, rule in self.rules.items()}


class SourcesField(ReadField):
    """Where the facts come from."""

    def to_representation(self, value: Model) -> list[dict[str, Any]]:
        return [
            {
                "code": source.code,
                "title": texts(source, "title"),
                "url": f"https://{source.address}" if source.address else None,
            }
            for source in value.sources.all()
        ]


extend_schema_field(
    {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "code": {"type": "string"},
                "title": {"type": "object", "properties": dict.fromkeys(LANGUAGES, OPTIONAL_TEXT)},
                "url": {"type": ["string", "null"], "format": "uri"},
            },
        },
    }
)(SourcesField)
extend_schema_field({"type": "object", "additionalProperties": {"type": "boolean"}})(Abilities)
