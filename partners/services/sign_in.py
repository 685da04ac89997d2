"""The link that signs in, sent to a person's own address: signed, short-lived, worth nothing once it was used."""

import hashlib

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from partners.errors import LinkUnusable
from partners.models import User

SALT = "partners.sign-in"


def sign_in_url(*, user: User, next_url: str = "") -> str:
    """`next_url` is where the person was going; the link leads there, whatever browser opens it."""
    token = signing.dumps([user.pk, _state(user), next_url], salt=SALT, compress=True)
    with override(user.language):
        return settings.SITE_URL + reverse("partners:sign_in_link", args=[token])


def person_of(token: str) -> tuple[User, str]:
    """Whom this link signs in, and where to. Raises LinkUnusable, the same for a link that never was."""
    try:
        pk, state, next_url = signing.loads(
            token, salt=SALT, max_age=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT
        )
    except (signing.BadSignature, ValueError):
        raise _unusable() from None
    user = User.objects.active().filter(pk=pk).first()
    if user is None or state != _state(user):
        raise _unusable()
    return user, next_url


def _state(user: User) -> str:
    """Changes at each sign-in, and with the password or the address: a link is good until the next of these."""
    seen = f"{user.last_login} {user.password} {user.email.lower()}"
    return hashlib.sha256(seen.encode()).hexdigest()[:24]


def _unusable() -> LinkUnusable:
    return LinkUnusable(
        _("It was used already, or is more than 15 minutes old."),
        remedy=_("Ask for a new one: it arrives within a minute."),
    )
