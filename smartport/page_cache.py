"""Whole public pages for readers who are not signed in, kept in the memory of each process.

A page is served again only under the content version it was made from, asked of the database each time: what is
published shows at once and what is withdrawn is gone at once, in every process. Only views marked `public_page` take
part, and only where the reader's request holds nothing of their own.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import (
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
)
from django.utils.translation import get_language

Made = TypeVar("Made")
LONGEST_QUERY = 400  # characters: longer ones are answered, and not kept
MOST_FIELDS = 40  # names and values in a query
LARGEST_PAGE = 300_000  # bytes: MAX_ENTRIES of the cache times this bounds its memory
OWN_COOKIES = (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)
PREFIXES = {f"/{code}/" for code, _name in settings.LANGUAGES}
VARIES = {"cookie", "accept-encoding"}


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Marks a view whose page for the public depends on its address, the content version and the day alone."""
    view.is_public_page = True
    return view


class Kept(NamedTuple):
    """An answer as it leaves the portal, in the encoding it was asked in."""

    version: str
    etag: str
    body: bytes
    headers: dict[str, str]

    @classmethod
    def of(cls, response: HttpResponse, version: str) -> Kept:
        """The ETag tells the text, so that it is the same from every process and in every encoding."""
        body = response.content
        text = gzip.decompress(body) if response.get("Content-Encoding") == "gzip" else body
        patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
        etag = f'W/"{hashlib.sha256(text).hexdigest()[:32]}"'
        headers = {**response.headers, "ETag": etag, "Cache-Control": "no-cache"}
        return cls(version, etag, body, headers)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The page, or 304 for who has it already."""
        response = HttpResponse(self.body, headers=self.headers)
        return get_conditional_response(request, etag=self.etag, response=response)


class PublicPagesMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.pages = caches["pages"]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = key_of(request)
        version = content_version() if key else None
        if version is None:
            return for_this_reader(request, self.get_response(request))
        kept = self.pages.get(key)
        if kept is not None and kept.version == version:
            return kept.answer(request)
        response = self.get_response(request)
        if not may_be_kept(request, response):
            return response
        kept = Kept.of(response, version)
        if len(kept.body) <= LARGEST_PAGE:
            self.pages.set(key, kept, timeout=None)
        return kept.answer(request)


def key_of(request: HttpRequest) -> str | None:
    """The same for the same page, its query in any order of names; None for what is never kept."""
    if request.path[:4] not in PREFIXES:
        return None
    if request.method != "GET" or any(name in request.COOKIES for name in OWN_COOKIES):
        return None
    if "HTTP_AUTHORIZATION" in request.META or "HTTP_HX_REQUEST" in request.META:
        return None
    query = request.META.get("QUERY_STRING", "")
    if len(query) > LONGEST_QUERY:
        return None
    try:
        fields = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        host = request.get_host()
    except (ValueError, DisallowedHost):
        return None
    fields.sort(key=lambda field: field[0])
    zipped = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    address = repr((request.scheme, host, request.path, fields, zipped))
    return f"page-{_digest(address)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def content_version() -> str | None:
    """None where no version speaks for the content: inside a transaction, or without a database."""
    if connection.in_atomic_block:
        return None
    # The first question put to a kept connection would be preceded by one whether it still stands: this one tells.
    connection.health_check_done = True
    try:
        number = _number()
    except DatabaseError:
        connection.close()
        try:
            number = _number()
        except DatabaseError:
            return None
    return f"{number} {timezone.localdate()}"


def _number() -> object:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(number) FROM smartport_contentversion")
        return cursor.fetchone()[0]


def remembered(user: Any, name: str, depends_on: object, make: Callable[[], Made]) -> Made:
    """A part that many public pages share, made once for a content version, a language and what it depends on.

    `depends_on` must say itself by `repr`. Made anew each time for people who are signed in.
    """
    version = None if user.is_authenticated else content_version()
    if version is None:
        return make()
    told = repr((name, version, get_language(), depends_on))
    key = f"part-{_digest(told)}"
    part = caches["pages"].get(key)
    if part is None:
        part = make()
        caches["pages"].set(key, part, timeout=None)
    return part


def may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    """A cookie in the answer (of a form, of a message) makes it one reader's own."""
    return (
        response.status_code == 200
        and is_public_page(request)
        and not response.streaming
        and not response.cookies
        and not response.has_header("Cache-Control")
        and {name.strip().lower() for name in response.get("Vary", "").split(",")} - {""} <= VARIES
    )


def for_this_reader(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A public page made for someone signed in is kept by nobody but their browser, which asks again."""
    if is_public_page(request) and not response.has_header("Cache-Control"):
        patch_cache_control(response, private=True, no_cache=True)
    return response


def is_public_page(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and getattr(match.func, "is_public_page", False)
