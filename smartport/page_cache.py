"""Whole public pages for readers who are not signed in, kept in the memory of each process.

A page is served again only under the content version it was made from, asked of the database each time: what is
published shows at once and what is withdrawn is gone at once, in every process. Only views marked `public_page` take
part, and only where the reader's request holds nothing of their own.
"""

from __future__ import annotations

import gzip
import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language

Made = TypeVar("Made")
Meta = Mapping[str, Any]  # of a request, as WSGI has it
LONGEST_ADDRESS = 450  # bytes of path and query: longer ones are answered, and not kept
MOST_FIELDS = 40  # names and values in a query
LARGEST_PAGE = 300_000  # bytes: MAX_ENTRIES of the cache times this bounds its memory
OWN_COOKIES = (f"{settings.SESSION_COOKIE_NAME}=", f"{CookieStorage.cookie_name}=")
OWN_HEADERS = (
    "HTTP_AUTHORIZATION",
    "HTTP_HX_REQUEST",
    "HTTP_IF_MATCH",
    "HTTP_IF_UNMODIFIED_SINCE",
)
PREFIXES = {f"/{code}/" for code, _name in settings.LANGUAGES}
VARIES = {"cookie", "accept-encoding"}
OF_A_304 = ("Cache-Control", "Content-Location", "ETag", "Expires", "Last-Modified", "Vary")


class Memory(LocMemCache):
    """This process's memory, which hands out what it was given, uncopied: nobody changes what is kept."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        key = self.make_key(key, version)
        with self._lock:
            if key not in self._cache:
                return default
            self._cache.move_to_end(key, last=False)
            return self._cache[key]

    def set(
        self, key: str, value: Any, timeout: float | None = None, version: int | None = None
    ) -> None:
        """Kept until it is read least."""
        key = self.make_key(key, version)
        with self._lock:
            self._set(key, value, timeout)


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Marks a view whose page for the public depends on its address, the content version and the day alone."""
    view.is_public_page = True
    return view


class Kept(NamedTuple):
    """An answer as it leaves the portal, in the encoding it was asked in."""

    version: str
    etag: str
    body: bytes
    headers: list[tuple[str, str]]
    headers_of_304: list[tuple[str, str]]

    @classmethod
    def of(cls, response: HttpResponse, version: str) -> Kept:
        """The ETag tells the text, so that it is the same from every process and in every encoding."""
        body = response.content
        text = gzip.decompress(body) if response.get("Content-Encoding") == "gzip" else body
        patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
        etag = f'W/"{hashlib.sha256(text).hexdigest()[:32]}"'
        headers = {**response.headers, "ETag": etag, "Cache-Control": "no-cache"}
        short = [(name, headers[name]) for name in OF_A_304 if name in headers]
        return cls(version, etag, body, list(headers.items()), short)

    def is_had_by(self, meta: Meta) -> bool:
        """Whether this reader says that they have it already: they are answered 304."""
        tags = meta.get("HTTP_IF_NONE_MATCH", "")
        if not tags or tags == self.etag:
            return bool(tags)
        return any(tag in ("*", self.etag, self.etag[2:]) for tag in parse_etags(tags))

    def answer(self, request: HttpRequest) -> HttpResponse:
        if self.is_had_by(request.META):
            return HttpResponseNotModified(headers=dict(self.headers_of_304))
        return HttpResponse(self.body, headers=dict(self.headers))


class KeptPages:
    """Before Django: a request that a kept page answers is answered so, and goes no further."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application
        self.pages = caches["pages"]

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        key = key_of(environ)
        kept = self.pages.get(key) if key else None
        if kept is None or kept.version != content_version():
            return self.application(environ, start)
        request_id = ("X-Request-ID", uuid.uuid4().hex[:12])
        if kept.is_had_by(environ):
            start("304 Not Modified", [*kept.headers_of_304, request_id])
            return []
        start("200 OK", [*kept.headers, request_id])
        return [kept.body]


class PublicPagesMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.pages = caches["pages"]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = key_of(request.META)
        version = _version_of(request) if key else None
        if key is None or version is None:
            return for_this_reader(request, self.get_response(request))
        kept = self.pages.get(key)
        if kept is not None and kept.version == version:
            return kept.answer(request)
        response = self.get_response(request)
        if not may_be_kept(request, response):
            return response
        kept = Kept.of(response, version)
        if len(kept.body) <= LARGEST_PAGE:
            self.pages.set(key, kept)
        return kept.answer(request)


def key_of(meta: Meta) -> str | None:
    """The same for the same page, its query in any order of names; None for what is never kept."""
    path, query = meta.get("PATH_INFO", ""), meta.get("QUERY_STRING", "")
    if path[:4] not in PREFIXES or meta["REQUEST_METHOD"] != "GET":
        return None
    if len(path) + len(query) > LONGEST_ADDRESS or any(name in meta for name in OWN_HEADERS):
        return None
    cookies = meta.get("HTTP_COOKIE", "")
    if cookies and any(name in cookies for name in OWN_COOKIES):
        return None
    if query:
        try:
            fields = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            return None
        fields.sort(key=lambda field: field[0])
        query = repr(fields)
    return f"page-{_told(repr((_site(meta), path, query)))}"


def _site(meta: Meta) -> tuple[str, ...]:
    """What a page says of where it was asked, as the reader's request has it: pages of wrong hosts are never made."""
    return (
        meta["wsgi.url_scheme"],
        meta.get("HTTP_X_FORWARDED_PROTO", ""),
        meta.get("HTTP_HOST", ""),
        meta.get("SCRIPT_NAME", ""),
        "gzip" if "gzip" in meta.get("HTTP_ACCEPT_ENCODING", "") else "",
    )


def _told(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def content_version() -> str | None:
    """None where no version speaks for the content: inside a transaction, or without a database."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.in_atomic_block:
        return None
    # The first question put to a kept connection would be preceded by one whether it still stands: this one tells.
    connection.health_check_done = True
    try:
        number = _number(connection)
    except DatabaseError:
        connection.close()
        try:
            number = _number(connection)
        except DatabaseError:
            return None
    return f"{number} {timezone.localdate()}"


def _number(connection: BaseDatabaseWrapper) -> object:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(number) FROM smartport_contentversion")
        return cursor.fetchone()[0]


def remembered(
    request: HttpRequest, name: str, depends_on: object, make: Callable[[], Made]
) -> Made:
    """A part that many public pages share, made once for a content version, a language and what it depends on.

    `depends_on` must say itself by `repr`. Made anew each time for people who are signed in.
    """
    if request.user.is_authenticated:
        return make()
    version = _version_of(request)
    if version is None:
        return make()
    told = repr((name, version, get_language(), depends_on))
    key = f"part-{_told(told)}"
    part = caches["pages"].get(key)
    if part is None:
        part = make()
        caches["pages"].set(key, part)
    return part


def _version_of(request: HttpRequest) -> str | None:
    """Asked once for all parts of a page, and before any of them is made."""
    if not hasattr(request, "content_version"):
        request.content_version = content_version()
    return request.content_version


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
