"""How the views describe themselves in OpenAPI: in the reader's language, with the one form of every refusal."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from smartport.api.problems import MEDIA_TYPE

METHODS = ("get", "post", "put", "patch", "delete")
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
                    "parameter": {
                        "type": "string",
                        "description": "Name of the query parameter.",
                    },
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}


class Description(AutoSchema):
    """What each collection says of itself, in the language of the moment."""

    def get_summary(self) -> str | None:
        return str(self.view.title) or None

    def get_description(self) -> str:
        return str(self.view.summary)


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
            if name in METHODS:
                operation["responses"]["default"] = answer
    return result
