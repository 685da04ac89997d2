"""What every page knows: the name of the initiative, its navigation, the same page in the other language."""

from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve, translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info

from smartport import accessibility, navigation


def site(request: HttpRequest) -> dict[str, Any]:
    """Everything here is lazy: a fragment that shows no header pays nothing. No query but the user's own."""
    return {
        "site_name": navigation.SITE_NAME,
        "short_name": navigation.SHORT_NAME,
        "trial": settings.TRIAL,
        "public_links": SimpleLazyObject(lambda: navigation.links(navigation.PUBLIC, request)),
        "account_links": SimpleLazyObject(
            lambda: navigation.links(navigation.ACCOUNT, request, trial=settings.TRIAL)
        ),
        "footer_links": SimpleLazyObject(lambda: navigation.links(navigation.FOOTER, request)),
        "canonical": canonical(request),
        "language_links": SimpleLazyObject(lambda: language_links(request)),
        "accessibility_level": SimpleLazyObject(accessibility.level_in_words),
    }


def canonical(request: HttpRequest) -> str:
    """The one address of what is shown: neither filters, order nor language make another page, its number does."""
    path = request.get_full_path().partition("?")[0]
    kept = {
        name: request.GET[name] for name in ("of", "page") if request.GET.get(name, "").isalnum()
    }
    return f"{settings.SITE_URL}{path}" + (f"?{urlencode(kept)}" if kept else "")


def language_links(request: HttpRequest) -> list[dict[str, Any]]:
    """The address of this page in each language; of the language's home where the page exists in none."""
    current = get_language()
    path, mark, query = request.get_full_path().partition("?")
    paths = _translated(path, current)
    found = []
    for code, _name in settings.LANGUAGES:
        exists = code in paths
        url = f"{paths[code]}{mark}{query}" if exists else f"/{code}/"
        found.append(
            {
                "code": code,
                "name": get_language_info(code)["name_local"].capitalize(),
                "url": url,
                "absolute_url": f"{settings.SITE_URL}{url}",
                "current": code == current,
                "exists": exists,
            }
        )
    return found


@lru_cache(maxsize=1000)
def _translated(path: str, _current: str | None) -> dict[str, str]:
    """A page's path in each language; empty where there is no such page."""
    try:
        resolve(unquote(path))
    except Resolver404:
        return {}
    return {code: translate_url(path, code) for code, _name in settings.LANGUAGES}
