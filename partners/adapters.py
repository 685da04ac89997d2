"""How sign-in behaves here: accounts come by invitation only, and every mail goes through the outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, translate_url
from django.utils import timezone
from django.utils.translation import gettext_lazy, override

from partners.models import User
from partners.services import addresses, outbox
from partners.services.sign_in import sign_in_url
from smartport.dates import moment

LONGEST_NEXT = 300  # characters of an address that a link carries
# The library's name of a mail -> the kind of message and the name of the link in its context.
ASKED_FOR = {
    "account/email/password_reset_key": ("password_reset", "password_reset_url"),
    "account/email/login_code": ("sign_in_code", ""),
    "account/email/email_confirmation": ("address_confirmation", "activate_url"),
    "account/email/email_confirmation_signup": ("address_confirmation", "activate_url"),
}
EVENTS = {
    "account/email/password_changed": gettext_lazy("the password was changed"),
    "account/email/password_reset": gettext_lazy("the password was changed by a link sent by mail"),
    "account/email/password_set": gettext_lazy("a password was set"),
    "account/email/email_changed": gettext_lazy("the address was changed"),
    "account/email/email_confirm": gettext_lazy("an address was confirmed"),
    "account/email/email_deleted": gettext_lazy("an address was removed"),
    "mfa/email/totp_activated": gettext_lazy("an authenticator app was added"),
    "mfa/email/totp_deactivated": gettext_lazy("the authenticator app was removed"),
    "mfa/email/recovery_codes_generated": gettext_lazy("new recovery codes were made"),
    "mfa/email/webauthn_added": gettext_lazy("a passkey or security key was added"),
    "mfa/email/webauthn_removed": gettext_lazy("a passkey or security key was removed"),
    "socialaccount/email/account_connected": gettext_lazy("sign-in by another service was added"),
    "socialaccount/email/account_disconnected": gettext_lazy(
        "sign-in by another service was removed"
    ),
}


def display_name(user: User) -> str:
    return user.get_full_name()


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy(
            "This address and this password do not go together."
        ),
        "too_many_login_attempts": gettext_lazy(
            "Too many attempts. Wait five minutes, then try again."
        ),
        "rate_limited": gettext_lazy("Too many requests. Wait a minute, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """What a person asked for, to the address they gave; nobody without an account is written to."""
        user = context.get("user") or User.objects.active().filter(email__iexact=email).first()
        if user is None or user.pk is None or template_prefix not in ASKED_FOR:
            return
        kind, link = ASKED_FOR[template_prefix]
        url = translate_url(context[link], user.language) if link else ""
        if kind == "sign_in_code":
            url = sign_in_url(user=user, next_url=_asked_for(context["request"]))
        outbox.queue_address(
            kind=kind,
            address=email,
            language=user.language,
            recipient=user,
            context={
                "url": url,
                "code": context.get("code", ""),
            },
        )

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """What happened to the account; of a changed address, the one before is told too."""
        if template_prefix not in EVENTS or not isinstance(user, User):
            return
        with override(user.language):
            said = {"event": str(EVENTS[template_prefix]), "at": moment(timezone.now())}
        common: dict[str, Any] = {
            "kind": "security_notice",
            "context": said,
            "url_name": "mfa_index",
            "why": gettext_lazy("This message is sent for your safety and cannot be turned off."),
        }
        outbox.queue(recipient=user, **common)
        if email and email.lower() != user.email.lower():
            outbox.queue_address(address=email, language=user.language, recipient=user, **common)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Who confirms an address reads mail there."""
        confirmed = super().confirm_email(request, email_address)
        if confirmed:
            addresses.works_again([email_address.user_id])
        return confirmed

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        with override(request.user.language):
            return reverse(settings.LOGIN_REDIRECT_URL)

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **options: Any
    ) -> HttpResponse:
        """From here on the portal speaks the person's own language."""
        response = super().post_login(request, user, **options)
        if _came_by_mail(request, user):
            addresses.works_again([user.pk])
        if "Location" in response:
            response["Location"] = _in_language(response["Location"], user.language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=365 * 24 * 3600,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
        return response


def _came_by_mail(request: HttpRequest, user: AbstractBaseUser) -> bool:
    """Signed in by a link or a code that was sent to the address."""
    records = get_authentication_records(request, user)
    return bool(records) and records[-1]["method"] == "code"


def _in_language(url: str, language: str) -> str:
    """The same page in that language, whichever one the address is written in."""
    for code, _name in settings.LANGUAGES:
        with override(code):
            if (translated := translate_url(url, language)) != url:
                return translated
    return url


def _asked_for(request: HttpRequest) -> str:
    """The page the person was going to, if it is one of the portal's."""
    asked = get_next_redirect_url(request)
    return asked if asked and len(asked) <= LONGEST_NEXT else ""


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """A service outside says who someone is; the account was made here, and is found by its confirmed address."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.is_existing or sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        context = {
            "provider": sociallogin.provider.name,
            "address": next((one.email for one in sociallogin.email_addresses), ""),
            "confirmed": any(one.verified for one in sociallogin.email_addresses),
        }
        page = render(request, "socialaccount/refused.html", context, status=403)
        raise ImmediateHttpResponse(page)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **options: Any) -> None:
        """The page of the failure says what to do; nothing of what the provider sent is logged."""
