"""The API as pages of the site, for people who look into it with a browser: same data, no script."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any

from django.template import loader
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from rest_framework.renderers import BaseRenderer
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.utils.urls import replace_query_param

from smartport.api.fields import LANGUAGES

ADDRESS = re.compile(r"&quot;(https?://[^\s&]+(?:&amp;[^\s&]+)*)&quot;")


class PageRenderer(BaseRenderer):
    media_type = "text/html"
    format = "html"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> str:
        view, request = renderer_context["view"], renderer_context["request"]
        response = renderer_context["response"]
        context = {
            "title": self.title(view, data, response),
            "sentence": data.get("detail", "")
            if response.exception
            else str(getattr(view, "summary", "")),
            "remedy": data.get("remedy", "") if response.exception else "",
            "collection": self.collection(view),
            "data": data,
            "body": written(data),
            "status": f"{response.status_code} {HTTPStatus(response.status_code).phrase}",
            "method": request.method,
            "path": request.get_full_path(),
            "json_url": replace_query_param(request.get_full_path(), "format", "json"),
            "language_links": language_links(request),
            "previous_url": data.get("previous") if isinstance(data, dict) else None,
            "next_url": data.get("next") if isinstance(data, dict) else None,
            "filters": sorted(getattr(getattr(view, "filterset_class", None), "base_filters", {})),
            **getattr(view, "page_context", dict)(),
        }
        template = "problem" if response.exception else getattr(view, "page_template", "resource")
        return loader.render_to_string(
            f"smartport/api/{template}.html", context, request=request._request
        )

    def title(self, view: Any, data: Any, response: Any) -> str:
        if response.exception:
            return data["title"]
        if isinstance(data, dict) and (code := data.get("code") or data.get("reference")):
            return str(code)
        return str(getattr(view, "title", "")) or _("Programming interface")

    def collection(self, view: Any) -> dict[str, str] | None:
        """The collection an object belongs to, for the way back."""
        if not getattr(view, "detail", False) or not view.basename:
            return None
        return {"label": str(view.title), "url": reverse(f"api:{view.basename}-list")}


def written(data: Any) -> SafeString:
    """JSON to read, with its addresses as links."""
    text = json.dumps(data, cls=JSONEncoder, indent=2, ensure_ascii=False)
    return mark_safe(ADDRESS.sub(_link, escape(text)))  # noqa: S308  (escaped before the links are added)


def _link(found: re.Match[str]) -> str:
    address = found[1]
    return format_html('&quot;<a href="{0}">{0}</a>&quot;', mark_safe(address))  # noqa: S308  (escaped already)


def language_links(request: Any) -> list[dict[str, Any]]:
    """The same address in each language; the API has no language of its own in its paths."""
    return [
        {
            "code": code,
            "name": get_language_info(code)["name_local"].capitalize(),
            "url": (url := replace_query_param(request.get_full_path(), "lang", code)),
            "absolute_url": request.build_absolute_uri(url),
            "current": code == get_language(),
            "exists": True,
        }
        for code in LANGUAGES
    ]
