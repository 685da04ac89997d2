"""Who steers the cycle signs in with two factors, where the settings say so."""

import logging

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _
from requests import RequestException

logger = logging.getLogger(__name__)

OPEN_PREFIXES = ("mfa_",)
OPEN_NAMES = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        "set_language",
        "healthz",
        "readyz",
    }
)


class SecondFactorMiddleware(MiddlewareMixin):
    """Sends secretariat and administrators without a second factor to set one up; nothing else is open to them."""

    def process_view(
        self, request: HttpRequest, view: object, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        if (
            not settings.REQUIRE_MFA
            or not request.user.is_authenticated
            or not request.user.runs_the_cycle
        ):
            return None
        name = request.resolver_match.url_name or ""
        if name in OPEN_NAMES or name.startswith(OPEN_PREFIXES) or is_mfa_enabled(request.user):
            return None
        said = _(
            "Your role needs a second factor: add an authenticator app or a passkey, then go on."
        )
        if request.path.startswith("/api/"):
            problem = {
                "type": "about:blank",
                "title": said,
                "status": 403,
                "code": "second_factor_missing",
            }
            return JsonResponse(problem, status=403, content_type="application/problem+json")
        messages.warning(request, said)
        return redirect("mfa_index")


class SignInServiceMiddleware(MiddlewareMixin):
    """A sign-in service that does not answer gets a page that says so, where the library would fail."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RequestException):
            return None
        logger.warning("the sign-in service does not answer: %s", type(exception).__name__)
        return render(request, "socialaccount/authentication_error.html", status=502)
