"""The files and feeds themselves: public rows only, whoever asks; conditional; open to other sites' programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.paginator import InvalidPage
from django.db.models import Model
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.http import http_date
from django.views.decorators.http import require_safe
from icalendar import Calendar as CalendarFile

from smartport.openness import Entry, calendars, catalog, datasets, feeds, writers
from smartport.openness.versions import Known, version_of

LONGEST_QUERY = 4000  # characters of a query string that take part in a version
LANGUAGES = {code for code, _name in settings.LANGUAGES}
CATALOG_TYPES = {"jsonld": "application/ld+json", "ttl": "text/turtle; charset=utf-8"}


@require_safe
def dataset_file(request: HttpRequest, name: str, extension: str) -> HttpResponseBase:
    """`/open-data/projects.csv` and the like, under the list page's query parameters."""
    if name not in datasets or extension not in datasets[name].formats:
        raise Http404
    dataset = datasets[name]

    def make() -> HttpResponseBase:
        if request.method == "HEAD":
            return HttpResponse()
        rows = dataset.rows(request.GET).iterator(chunk_size=writers.BATCH)
        if extension == "xlsx":
            return FileResponse(writers.workbook(dataset, rows))
        return StreamingHttpResponse(writers.STREAMED[extension](dataset, rows))

    columns = [column.name for column in dataset.columns]
    with translation.override(_language(request)):
        response = _conditional(request, dataset.changes_with, make, name, extension, columns)
    response["Content-Type"] = writers.MEDIA_TYPES[extension]
    response["Content-Disposition"] = f'attachment; filename="{name}.{extension}"'
    return response


@require_safe
def feed_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """`/feeds/approvals.atom`, in French unless `lang` says otherwise."""
    if name not in feeds:
        raise Http404
    feed, language = feeds[name], _language(request)

    def make() -> HttpResponse:
        address = f"{settings.SITE_URL}{reverse('openness:feed', args=[name])}"
        written = Atom1Feed(
            title=str(feed.title),
            link=_site(feed.page),
            description=str(feed.summary),
            subtitle=str(feed.summary),
            language=language,
            feed_url=address,
            feed_guid=_tag(f"feeds/{name}"),
        )
        for entry in feed.entries(request.GET):
            _add(written, entry)
        return HttpResponse(written.writeString("utf-8"))

    with translation.override(language):
        response = _conditional(request, feed.changes_with, make, name, language)
    response["Content-Type"] = "application/atom+xml; charset=utf-8"
    return response


@require_safe
def calendar_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """`/feeds/meetings.ics`: to subscribe to from a calendar program."""
    if name not in calendars:
        raise Http404
    calendar, language = calendars[name], _language(request)

    def make() -> HttpResponse:
        file = CalendarFile()
        file.add("prodid", "-//Smart Port//Portal//FR")
        file.add("version", "2.0")
        file.add("method", "PUBLISH")
        file.add("name", str(calendar.title))
        file.add("x-wr-calname", str(calendar.title))
        for event in calendar.events():
            file.add_component(event)
        return HttpResponse(file.to_ical())

    with translation.override(language):
        response = _conditional(request, calendar.changes_with, make, name, language)
    response["Content-Type"] = "text/calendar; charset=utf-8"
    return response


@require_safe
def catalog_file(request: HttpRequest, extension: str) -> HttpResponseBase:
    """The DCAT-AP 3 catalogue of all of it, for the portals that harvest; `page` asks for one of its pages."""
    try:
        page = catalog.pages().page(request.GET.get("page") or 1)
    except InvalidPage as error:
        raise Http404 from error
    models = {model: None for dataset in datasets for model in dataset.changes_with}
    known: Known = {}

    def make() -> HttpResponse:
        return HttpResponse(catalog.written(extension, page, known))

    said = (settings.SITE_URL, settings.LEGAL["publisher"])
    response = _conditional(request, models, make, extension, datasets.names(), said, known=known)
    response["Content-Type"] = CATALOG_TYPES[extension]
    return response


def _conditional(
    request: HttpRequest,
    models: Iterable[type[Model]],
    make: Callable[[], HttpResponseBase],
    *more: Any,
    known: Known | None = None,
) -> HttpResponseBase:
    """304 for who has the current version, else the answer with its `ETag` and `Last-Modified`."""
    version = version_of(
        models, request.META.get("QUERY_STRING", "")[:LONGEST_QUERY], *more, known=known
    )
    moment = int(version.on.timestamp()) if version.on else None
    response = get_conditional_response(request, etag=version.tag, last_modified=moment) or make()
    response["ETag"] = version.tag
    if moment is not None:
        response["Last-Modified"] = http_date(moment)
    response["Cache-Control"] = "public, no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _add(feed: Atom1Feed, entry: Entry) -> None:
    feed.add_item(
        title=entry.title,
        link=entry.url,
        description=escape(entry.summary),  # Atom takes it for HTML
        unique_id=_tag(entry.identifier),
        pubdate=entry.published,
        updateddate=entry.updated,
    )


def _tag(rest: str) -> str:
    """A name that stays when addresses change (RFC 4151)."""
    host = settings.SITE_URL.partition("://")[2].partition(":")[0]
    return f"tag:{host},2026:{rest}"


def _site(view_name: str) -> str:
    return f"{settings.SITE_URL}{reverse(view_name) if view_name else '/'}"


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in LANGUAGES else settings.LANGUAGE_CODE
