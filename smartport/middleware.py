"""What every request passes through: an id for the logs, the author for the history, refusals as pages."""

import logging
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin
from pghistory.middleware import HistoryMiddleware as PghistoryMiddleware

from smartport.errors import Refusal

_request_id: ContextVar[str] = ContextVar("request_id", default="-")


def current_request_id() -> str:
    return _request_id.get()


class RequestIdMiddleware:
    """Gives each request a random id, on its log lines and in the `X-Request-ID` header of the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _request_id.set(uuid.uuid4().hex[:12])
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = _request_id.get()
            return response
        finally:
            _request_id.reset(token)


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _request_id.get()
        return True


class HistoryMiddleware(PghistoryMiddleware):
    """The history keeps who acted; the address is left out, as the path may hold a signed link."""

    def get_context(self, request: HttpRequest) -> dict[str, object]:
        user = getattr(request, "user", None)
        return {"user": user.pk if user and user.is_authenticated else None}


class RefusalMiddleware(MiddlewareMixin):
    """A refusal no view caught becomes a page that says why and what to do next (API errors are its own)."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        messages.get_messages(request).used = False
        return render(request, "refused.html", {"refusal": exception}, status=exception.status)
