"""Who calls: tokens (hashed, expiring, scoped) or the session of the pages; and how often they may."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from hmac import compare_digest
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.models import AbstractAuthToken, get_token_model
from knox.settings import CONSTANTS
from redis.exceptions import RedisError
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

logger = logging.getLogger(__name__)

WRITE_SCOPE = "write"
TOKEN = re.compile(r"[A-Za-z0-9_]{20,200}")
USE_IS_NOTED_EVERY = timedelta(minutes=10)


class ExpiringTokens(TokenAuthentication):
    """`Authorization: Token …`. An expired token is refused and kept, so that its owner sees why."""

    def authenticate_credentials(self, token: bytes) -> tuple[Any, AbstractAuthToken]:
        text = token.decode("ascii", errors="replace")
        if TOKEN.fullmatch(text):
            digest, now = hash_token(text), timezone.now()
            candidates = get_token_model().objects.filter(
                token_key=text[: CONSTANTS.TOKEN_KEY_LENGTH]
            )
            for candidate in candidates.select_related("user"):
                if not compare_digest(digest, candidate.digest) or not candidate.user.is_active:
                    continue
                if candidate.expiry is None or candidate.expiry > now:
                    self.ask_second_factor(candidate.user)
                    self.note_use(candidate)
                    return candidate.user, candidate
        raise AuthenticationFailed(_("This token is unknown, revoked or expired."))

    @staticmethod
    def ask_second_factor(user: Any) -> None:
        """Who steers the cycle needs one, where the settings say so, for a token to open anything."""
        if settings.REQUIRE_MFA and user.runs_the_cycle and not is_mfa_enabled(user):
            raise AuthenticationFailed(
                _("Your role needs a second factor: add one on the portal, then use your token.")
            )

    @staticmethod
    def note_use(token: AbstractAuthToken) -> None:
        """Keeps when the token last served, to a few minutes."""
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > USE_IS_NOTED_EVERY:
            type(token).objects.filter(pk=token.pk).update(last_used_at=now)


class WithinScope(BasePermission):
    """A token made for reading does not write. What its owner may do is asked of each floor's permissions."""

    message = _("This token may only read.")
    code = "read_only_token"

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method in SAFE_METHODS or not isinstance(request.auth, AbstractAuthToken):
            return True
        return request.auth.scope == WRITE_SCOPE


class SignedIn(BasePermission):
    message = _("Sign in, or send a token.")

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.user.is_authenticated


class SignedInToWrite(SignedIn):
    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS or super().has_permission(request, view)


class _Rate(SimpleRateThrottle):
    def allow_request(self, request: Request, view: Any) -> bool:
        """Without the cache nobody is counted, rather than everybody refused."""
        try:
            return super().allow_request(request, view)
        except (RedisError, OSError):
            logger.warning("the cache does not answer: API requests are not counted")
            return True


class AnonymousRate(_Rate):
    """By address."""

    scope = "anonymous"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if request.user.is_authenticated:
            return None
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class SignedInRate(_Rate):
    """By token, or by person where the session of the pages is used."""

    scope = "signed_in"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if not request.user.is_authenticated:
            return None
        token = isinstance(request.auth, AbstractAuthToken)
        ident = f"token-{request.auth.digest[:24]}" if token else f"person-{request.user.pk}"
        return self.cache_format % {"scope": self.scope, "ident": ident}
