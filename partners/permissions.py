from typing import TYPE_CHECKING

from partners.enums import AnnouncementState, MembershipRole, MessageState
from partners.models import Announcement, Membership, Message, Partner
from smartport import messages

if TYPE_CHECKING:
    from partners.models import User


def belongs_to(user: "User", partner: Partner | int | None) -> bool:
    """Whether this person is an active member of the organisation today."""
    if partner is None or not user.is_authenticated:
        return False
    if user.known_roles is not None:
        return _key(partner) in user.known_roles
    return Membership.objects.active().filter(user=user, partner=partner).exists()


def manages(user: "User", partner: Partner | int | None) -> bool:
    if partner is None or not user.is_authenticated:
        return False
    if user.known_roles is not None:
        return user.known_roles.get(_key(partner)) == MembershipRole.MANAGER
    return Membership.objects.active().managers().filter(user=user, partner=partner).exists()


def _key(partner: Partner | int) -> int:
    return partner.pk if isinstance(partner, Partner) else partner


def can_manage_people(user: "User", partner: Partner) -> bool:
    return user.is_authenticated and (user.runs_the_cycle or manages(user, partner))


def can_read_mailbox(user: "User") -> bool:
    """The trial's mailbox and the outbox hold other people's mail."""
    return user.is_authenticated and user.is_staff


def can_steer_messages(user: "User") -> bool:
    """See the outbox, send again what failed, say what became of what is uncertain."""
    return user.is_authenticated and user.runs_the_cycle


def can_resend(user: "User", message: Message) -> bool:
    """What failed or is in doubt, and still has its text: links that open something are not kept."""
    kind = messages.kinds.get(message.kind)
    return (
        can_steer_messages(user)
        and message.state in (MessageState.FAILED, MessageState.UNCERTAIN)
        and not message.is_unwritten
        and not (kind and kind.secret)
    )


def can_settle(user: "User", message: Message) -> bool:
    return can_steer_messages(user) and message.state == MessageState.UNCERTAIN


def can_change_announcement(user: "User", announcement: Announcement) -> bool:
    """Edit, delete or send it: once sent, nobody receives it twice."""
    return can_steer_messages(user) and announcement.state == AnnouncementState.DRAFT
