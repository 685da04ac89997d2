"""Lists by cursor: `results` with `next` and `previous`, and the same addresses in `Link` (RFC 8288)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from smartport import keyset
from smartport.api.problems import InvalidParameter

CURSOR, SIZE = "cursor", "page_size"
DEFAULT_SIZE, LARGEST_SIZE = 50, 200


class KeysetPagination(BasePagination):
    """Pages the view's queryset in the view's order (`get_order()`, whose last name is unique)."""

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: Any = None) -> list:
        self.address = request.build_absolute_uri()
        self.page = keyset.page(
            queryset,
            view.get_order(),
            size=_size(request.query_params.get(SIZE, "")),
            cursor=request.query_params.get(CURSOR, ""),
        )
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        links = {
            "first": remove_query_param(self.address, CURSOR),
            "prev": self._link(self.page.previous),
            "next": self._link(self.page.next),
        }
        body = {"next": links["next"], "previous": links["prev"], "results": data}
        header = ", ".join(f'<{url}>; rel="{name}"' for name, url in links.items() if url)
        return Response(body, headers={"Link": header})

    def _link(self, cursor: str) -> str | None:
        return replace_query_param(self.address, CURSOR, cursor) if cursor else None

    def get_paginated_response_schema(self, schema: dict) -> dict:
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": address, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict]:
        return [
            {
                "name": CURSOR,
                "in": "query",
                "required": False,
                "description": _("Where the page begins: taken from “next” or “previous”."),
                "schema": {"type": "string"},
            },
            {
                "name": SIZE,
                "in": "query",
                "required": False,
                "description": _("Rows per page."),
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": LARGEST_SIZE,
                    "default": DEFAULT_SIZE,
                },
            },
        ]


def _size(text: str) -> int:
    if not text:
        return DEFAULT_SIZE
    if not (
        text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= LARGEST_SIZE
    ):
        said = _("A whole number from 1 to %(largest)s.") % {"largest": LARGEST_SIZE}
        raise InvalidParameter({SIZE: [said]})
    return int(text)
