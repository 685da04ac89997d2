"""Everything the API says no with is `application/problem+json` (RFC 9457), with one entry per wrong field.

Members beyond the RFC's: `code` (stable, for programs), `remedy` (what to do next), `errors` and `request_id`
(on the log lines of the request).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.fields import get_error_detail
from rest_framework.response import Response

from smartport.errors import Refusal
from smartport.middleware import current_request_id

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: gettext_lazy("This request cannot be read as it is"),
    401: gettext_lazy("Sign in first"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("Nothing here"),
    405: gettext_lazy("Not done this way"),
    406: gettext_lazy("Not available in this format"),
    409: gettext_lazy("Not possible now"),
    412: gettext_lazy("Changed in the meantime"),
    415: gettext_lazy("Format not accepted"),
    428: gettext_lazy("Say which version you read"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("Something failed here"),
}


class UnknownParameter(exceptions.ValidationError):
    """A query parameter this list does not have, which would otherwise be passed over in silence."""

    default_code = "unknown_parameter"


class InvalidParameter(exceptions.ValidationError):
    """A query parameter whose value cannot be used."""

    default_code = "invalid_parameter"


class PreconditionRequired(Refusal):
    """A write without `If-Match`."""

    code = "precondition_required"
    status = 428


class PreconditionFailed(Refusal):
    """A write that names a version which is no longer the current one."""

    code = "stale"
    status = 412


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The answer to an exception of a view; None leaves it to the 500 handler."""
    request = context["request"]
    found = _described(error)
    if found is None:
        return None
    response = Response(problem(request, **found), status=found["status"])
    if auth_header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = auth_header
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait) + 1)
    renderer = getattr(request, "accepted_renderer", None)
    if renderer is None or renderer.format != "html":
        response.content_type = MEDIA_TYPE
    return response


def problem(
    request: HttpRequest, *, status: int, code: str, detail: str = "", **more: Any
) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": str(TITLES.get(status) or HTTPStatus(status).phrase),
        "status": status,
        "code": code,
        "detail": detail,
        **{name: value for name, value in more.items() if value},
        "instance": request.path,
        "request_id": current_request_id(),
    }


def plain_problem(
    request: HttpRequest, *, status: int, code: str, detail: str = ""
) -> JsonResponse:
    """For what fails before or outside the views of the API."""
    return JsonResponse(
        problem(request, status=status, code=code, detail=detail),
        status=status,
        content_type=MEDIA_TYPE,
    )


def _described(error: Exception) -> dict[str, Any] | None:
    if isinstance(error, Refusal):
        said = str(error.message)
        errors = [_entry((error.field,), said, error.code)] if error.field else []
        by_field = error.context.get("problems", {})
        errors += [_entry((name,), str(why), error.code) for name, why in by_field.items()]
        return {
            "status": error.status,
            "code": error.code,
            "detail": said,
            "remedy": str(error.remedy),
            "errors": errors,
        }
    if isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(get_error_detail(error))
    elif isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, SuspiciousOperation):
        error = exceptions.ParseError()
    if isinstance(error, exceptions.ValidationError):
        where = "parameter" if isinstance(error, UnknownParameter | InvalidParameter) else "pointer"
        return {
            "status": error.status_code,
            "code": error.default_code,
            "detail": _("Correct what is named below, then send it again."),
            "errors": list(_entries(error.detail, where)),
        }
    if isinstance(error, exceptions.APIException):
        code = getattr(error.detail, "code", error.default_code)
        return {"status": error.status_code, "code": code, "detail": str(error.detail)}
    return None


def _entries(detail: Any, where: str, path: tuple[str, ...] = ()) -> Iterator[dict[str, str]]:
    """One entry per message, however deep the serializer nests it."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _entries(
                inner, where, path if name == "non_field_errors" else (*path, str(name))
            )
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _entries(inner, where, (*path, str(position)) if nested else path)
    else:
        yield _entry(path, str(detail), getattr(detail, "code", "invalid"), where)


def _entry(path: tuple[str, ...], detail: str, code: str, where: str = "pointer") -> dict[str, str]:
    place = "/".join(part.replace("~", "~0").replace("/", "~1") for part in path)
    named = (
        {"parameter": path[0]}
        if where == "parameter" and path
        else {"pointer": f"#/{place}" if place else "#"}
    )
    return {"field": ".".join(path), **named, "detail": detail, "code": code}
