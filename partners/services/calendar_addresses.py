"""The secret address of a person's calendar: made and revoked by them, kept only as a hash."""

import secrets
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from partners.models import CalendarAddress, User


@transaction.atomic
def make_address(*, actor: User) -> str:
    """The secret, which exists nowhere else; the address made before stops answering."""
    secret = secrets.token_urlsafe(32)
    CalendarAddress.objects.update_or_create(
        user=actor, defaults={"secret_sha256": _digest(secret), "created_at": timezone.now()}
    )
    return secret


@transaction.atomic
def revoke_address(*, actor: User) -> None:
    CalendarAddress.objects.filter(user=actor).delete()


def person_of(secret: str) -> User | None:
    """Whose calendar this is; nobody's where it was revoked or the person may no longer sign in."""
    found = CalendarAddress.objects.select_related("user").filter(
        secret_sha256=_digest(secret), user__is_active=True
    )
    address = found.first()
    return address.user if address else None


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
