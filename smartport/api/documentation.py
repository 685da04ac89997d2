"""The description of the API (OpenAPI 3.1) and the page that shows it, from the portal's own files."""

from __future__ import annotations

from typing import Any, ClassVar

from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from smartport.api.problems import MEDIA_TYPE
from smartport.api.rendering import PageRenderer
from smartport.api.views import ApiView

SWAGGER = "drf_spectacular_sidecar/swagger-ui-dist"
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable, for programs."},
        "detail": {"type": "string"},
        "remedy": {"type": "string", "description": "What to do next."},
        "instance": {"type": "string", "format": "uri-reference"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail", "code"],
                "properties": {
                    "field": {"type": "string"},
                    "pointer": {
                        "type": "string",
                        "description": "JSON pointer into the body sent.",
                    },
                    "parameter": {"type": "string", "description": "Name of the query parameter."},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "smartport.api.access.ExpiringTokens"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token` and the token, made on the page “Tokens” of one's account.",
        }


def with_problems(result: dict, generator: Any, request: Any, public: bool) -> dict:
    """Adds the one form of every refusal to each operation."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    answer = {
        "description": "A problem (RFC 9457).",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in result["paths"].values():
        for name, operation in path.items():
            if name in {"get", "post", "put", "patch", "delete"}:
                operation["responses"]["default"] = answer
    return result


class SchemaView(SpectacularAPIView):
    """JSON unless YAML is asked for."""

    renderer_classes = [
        OpenApiJsonRenderer,
        OpenApiJsonRenderer2,
        OpenApiYamlRenderer,
        OpenApiYamlRenderer2,
    ]

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class Docs(ApiView):
    """The description as a page, by Swagger UI; without JavaScript it says where else to look."""

    renderer_classes = [PageRenderer]
    page_template = "docs"
    title: ClassVar[str | Promise] = _("Documentation of the interface")
    summary: ClassVar[str | Promise] = _(
        "Each address, what it takes and what it gives, and a place to try it."
    )

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response({})

    def page_context(self) -> dict[str, str]:
        return {
            "schema_url": reverse("api:schema"),
            "swagger_css": static(f"{SWAGGER}/swagger-ui.css"),
            "swagger_js": static(f"{SWAGGER}/swagger-ui-bundle.js"),
        }
