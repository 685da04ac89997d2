from typing import TYPE_CHECKING

from partners.models import Membership, Partner

if TYPE_CHECKING:
    from partners.models import User


def belongs_to(user: "User", partner: Partner | int | None) -> bool:
    """Whether this person is an active member of the organisation today."""
    if partner is None or not user.is_authenticated:
        return False
    return Membership.objects.active().filter(user=user, partner=partner).exists()


def manages(user: "User", partner: Partner | int | None) -> bool:
    if partner is None or not user.is_authenticated:
        return False
    return Membership.objects.active().managers().filter(user=user, partner=partner).exists()


def can_manage_people(user: "User", partner: Partner) -> bool:
    return user.is_authenticated and (user.runs_the_cycle or manages(user, partner))


def can_read_mailbox(user: "User") -> bool:
    """The trial's mailbox and the outbox hold other people's mail."""
    return user.is_authenticated and user.is_staff
