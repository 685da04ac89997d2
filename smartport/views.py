"""The choice of language, the lawful pages, and the pages an error shows."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.templatetags.static import static
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override
from django.views.decorators.http import require_safe

from smartport import accessibility, navigation
from smartport.api import problems
from smartport.page_cache import public_page

logger = logging.getLogger(__name__)

API_PATH = "/api/"
API_CODES = {400: "parse_error", 403: "permission_denied", 404: "not_found"}


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """Home in the language the person chose before, or the browser asks for."""
    response = redirect(f"/{get_language_from_request(request)}/")
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """A trial is kept out of search engines altogether: its demonstration rows are not facts."""
    closed = (
        ["/"]
        if settings.TRIAL
        else ["/admin/", "/fr/espace/", "/en/workspace/", "/fr/compte/", "/en/account/"]
    )
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        "",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@public_page
@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    return render(request, "smartport/legal.html", {"legal": settings.LEGAL})


@public_page
@require_safe
def personal_data(request: HttpRequest) -> HttpResponse:
    return render(request, "smartport/personal_data.html", {"legal": settings.LEGAL})


@public_page
@require_safe
def accessibility_statement(request: HttpRequest) -> HttpResponse:
    audit = accessibility.standing_audit()
    context = {
        "audit": audit,
        "level": accessibility.level(audit),
        "legal": settings.LEGAL,
        "made_on": audit.done_on if audit else timezone.localdate(),
    }
    return render(request, "smartport/accessibility.html", context)


@public_page
@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    more = navigation.links(navigation.MORE, request)
    return render(request, "smartport/site_map.html", {"more_links": more})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error_page(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was left open too long, or its cookies were refused: says so instead of a bare 403."""
    return _error_page(request, 403, "csrf.html")


def _error_page(request: HttpRequest, status: int, template: str = "") -> HttpResponse:
    if request.path.startswith(API_PATH):
        return problems.plain_problem(request, status=status, code=API_CODES[status])
    return render(request, template or f"{status}.html", status=status)


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks nothing of the database, the session or the cache: they may be what failed."""
    if request.path.startswith(API_PATH):
        return problems.plain_problem(request, status=500, code="error")
    language = "en" if request.path.startswith("/en/") else "fr"
    try:
        stylesheets = [static("css/ground.css"), static("css/components.css")]
    except ValueError:
        stylesheets = []
    with override(language):
        body = loader.render_to_string(
            "500.html", {"language": language, "stylesheets": stylesheets}
        )
    return HttpResponse(body, status=500)
