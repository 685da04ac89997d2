"""People of organisations: invited by a single-use link, given a role, and seen off in good order."""

import hashlib
import secrets
from datetime import date, timedelta

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from partners import permissions
from partners.enums import MembershipRole
from partners.errors import (
    AddressTaken,
    AlreadyInvited,
    AlreadyMember,
    InvitationUnusable,
    LastManager,
    MayNotManagePeople,
    MembershipEnded,
)
from partners.models import Invitation, Membership, Partner, User
from partners.services import outbox
from smartport import obligations
from smartport.dates import day as day_in_words
from smartport.messages import Notice
from smartport.obligations import Obligation

VALID_FOR = timedelta(days=14)


@transaction.atomic
def create_account(*, actor: User, user: User) -> User:
    """By an administrator: no password is set, the person signs in by a code or asks for a link to choose one."""
    if User.objects.filter(email__iexact=user.email).exists():
        raise AddressTaken(_("Someone already has an account with this address."), field="email")
    user.email = user.email.lower()
    user.set_unusable_password()
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


@transaction.atomic
def ask_for_confirmation(*, actor: User, partner: Partner, manager_confirms: bool) -> Partner:
    """Whether a manager confirms each report of this organisation before it is sent."""
    _may_manage(actor, partner)
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    partner.manager_confirms = manager_confirms
    partner.save(update_fields=["manager_confirms"])
    return partner


@transaction.atomic
def invite(*, actor: User, partner: Partner, email: str, role: str, language: str) -> Invitation:
    _may_manage(actor, partner)
    email = email.strip().lower()
    if Membership.objects.active().filter(partner=partner, user__email__iexact=email).exists():
        raise AlreadyMember(
            _("This person already belongs to the organisation."),
            remedy=_("Change their role in the list below."),
            field="email",
        )
    secret = secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                partner=partner,
                email=email,
                role=role,
                language=language,
                secret_sha256=_digest(secret),
                invited_by=actor,
                expires_at=timezone.now() + VALID_FOR,
            )
    except IntegrityError as error:
        raise AlreadyInvited(
            _("An invitation to this address is open already."),
            remedy=_("Send it again, or withdraw it first."),
            field="email",
        ) from error
    _send(invitation, secret)
    return invitation


@transaction.atomic
def send_invitation_again(*, actor: User, invitation: Invitation) -> Invitation:
    """With a new link: the one sent before stops working."""
    invitation = _locked(invitation)
    _may_manage(actor, invitation.partner)
    if not invitation.is_open:
        raise InvitationUnusable(_("This invitation was accepted or withdrawn."))
    secret = secrets.token_urlsafe(32)
    invitation.secret_sha256, invitation.reminder_sha256 = _digest(secret), None
    invitation.expires_at = timezone.now() + VALID_FOR
    invitation.save(update_fields=["secret_sha256", "reminder_sha256", "expires_at"])
    _send(invitation, secret)
    return invitation


@transaction.atomic
def withdraw_invitation(*, actor: User, invitation: Invitation) -> Invitation:
    invitation = _locked(invitation)
    _may_manage(actor, invitation.partner)
    if not invitation.is_open:
        raise InvitationUnusable(_("This invitation was accepted or withdrawn."))
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    return invitation


def usable_invitation(secret: str) -> Invitation:
    """The invitation this link opens. Raises InvitationUnusable, the same for a link that never was."""
    found = (
        Invitation.objects.select_related("partner", "invited_by")
        .filter(Q(secret_sha256=_digest(secret)) | Q(reminder_sha256=_digest(secret)))
        .first()
    )
    if found is None or not found.is_usable_at(timezone.now()):
        raise InvitationUnusable(
            _(
                "This invitation no longer works: it was used, withdrawn, or is more than 14 days old."
            ),
            remedy=_("Ask the person who invited you to send it again."),
        )
    return found


@transaction.atomic
def accept_invitation(
    *, secret: str, first_name: str = "", last_name: str = "", password: str = ""
) -> tuple[User, bool]:
    """The person of the invitation's address joins; returns them and whether their account is new.

    The link proves the address: an account that has it gains the membership, but nobody is signed in to it.
    """
    invitation = _usable(usable_invitation(secret))
    user = User.objects.active().filter(email__iexact=invitation.email).first()
    is_new = user is None
    if user is None:
        if User.objects.filter(email__iexact=invitation.email).exists():
            raise InvitationUnusable(
                _("The account with this address is closed."), remedy=_("Write to the secretariat.")
            )
        user = User.objects.create_user(
            invitation.email,
            password or None,
            first_name=first_name,
            last_name=last_name,
            language=invitation.language,
        )
    _join(user, invitation)
    return user, is_new


@transaction.atomic
def join(*, actor: User, invitation: Invitation) -> Membership:
    """By the person whom the invitation is for, signed in: their address is known to be theirs."""
    invitation = _usable(invitation)
    if actor.email.lower() != invitation.email.lower():
        raise MayNotManagePeople(_("This invitation is for another address than yours."))
    return _join(actor, invitation)


def _usable(invitation: Invitation) -> Invitation:
    invitation = _locked(invitation)
    if not invitation.is_usable_at(timezone.now()):
        raise InvitationUnusable(
            _(
                "This invitation no longer works: it was used, withdrawn, or is more than 14 days old."
            ),
            remedy=_("Ask the person who invited you to send it again."),
        )
    return invitation


def _join(user: User, invitation: Invitation) -> Membership:
    active = Membership.objects.active().filter(user=user, partner=invitation.partner)
    membership = active.first() or Membership.objects.create(
        user=user, partner=invitation.partner, role=invitation.role
    )
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return membership


@transaction.atomic
def change_role(*, actor: User, membership: Membership, role: str) -> Membership:
    membership = _locked_membership(membership)
    _may_manage(actor, membership.partner)
    if role != MembershipRole.MANAGER:
        _keep_a_manager(actor, membership)
    membership.role = role
    membership.save(update_fields=["role"])
    return membership


@transaction.atomic
def end_membership(
    *,
    actor: User,
    membership: Membership,
    last_day: date | None = None,
    successor: User | None = None,
) -> Membership:
    """End a membership today or on a day to come; what the person still owes is told to the successor."""
    membership = _locked_membership(membership)
    if actor.pk != membership.user_id:
        _may_manage(actor, membership.partner)
    today = timezone.localdate()
    if membership.end is not None and membership.end < today:
        raise MembershipEnded(_("This membership has ended already."))
    last_day = max(last_day or today, membership.start)
    _keep_a_manager(actor, membership)
    if successor is not None:
        _hand_over(membership, successor, today)
    membership.end = last_day
    membership.save(update_fields=["end"])
    return membership


def left_behind(membership: Membership) -> list[Obligation]:
    """What this person would leave to the organisation today."""
    owed = obligations.standing(membership.user, timezone.localdate()).owed
    return [one for one in owed if one.partner_id == membership.partner_id]


def _hand_over(membership: Membership, successor: User, today: date) -> None:
    """The colleague is told what waits, drafts included; what is in the leaver's own name is now in theirs."""
    if not permissions.belongs_to(successor, membership.partner):
        raise AlreadyMember(
            _("The successor must belong to the same organisation."), field="successor"
        )
    with override(successor.language):
        left = left_behind(membership)
        outbox.queue(
            kind="handed_over",
            recipient=successor,
            obligation=f"membership:{membership.pk}",
            step=f"{today}",
            context={
                "person": membership.user.get_full_name(),
                "partner": membership.partner.label,
                "obligations": [
                    (one.title, day_in_words(one.due_on) if one.due_on else "") for one in left
                ],
            },
            url_name="partners:workspace",
        )
    for hand in obligations.handovers:
        hand(membership.user, membership.partner_id, successor)


def _keep_a_manager(actor: User, membership: Membership) -> None:
    """The last manager cannot leave or step down alone; the secretariat can see to it."""
    if membership.role != MembershipRole.MANAGER or actor.runs_the_cycle:
        return
    others = (
        Membership.objects.active().managers().filter(partner=membership.partner, end__isnull=True)
    )
    if not others.exclude(pk=membership.pk).exists():
        raise LastManager(
            _("An organisation keeps at least one manager, and this is the last one."),
            remedy=_("Make a colleague a manager first, or ask the secretariat."),
        )


def _may_manage(actor: User, partner: Partner) -> None:
    if not permissions.can_manage_people(actor, partner):
        raise MayNotManagePeople(
            _("Only a manager of the organisation, or the secretariat, may do this.")
        )


def _send(invitation: Invitation, secret: str) -> None:
    told = invitation_notice(invitation)
    outbox.queue_address(
        kind="invitation",
        address=told.address,
        language=told.language,
        recipient=User.objects.active().filter(email__iexact=invitation.email).first(),
        context=told.context,
        obligation=told.obligation,
        step=invitation.secret_sha256[:12],
        url_name=told.url_name,
        url_args=[secret],
        why=told.why,
    )


def invitation_notice(invitation: Invitation) -> Notice:
    """Its link is made only when it is written, and added to the one sent before."""
    invited = User.objects.active().filter(email__iexact=invitation.email).first()
    language = invited.language if invited else invitation.language
    last_day = timezone.localdate(invitation.expires_at)
    with override(language):
        context = {
            "partner": invitation.partner.label,
            "inviter": invitation.invited_by.get_full_name(),
            "role": invitation.get_role_display().lower(),
            "until": day_in_words(last_day),
        }
    return Notice(
        obligation=f"invitation:{invitation.pk}",
        recipients=[],
        due_on=last_day,
        context=context,
        url_name="partners:invitation",
        url_args=lambda: [_second_secret(invitation)],
        why=gettext_lazy(
            "You receive this message because someone invited you; nothing happens without you."
        ),
        address=invitation.email,
        language=language,
    )


def _second_secret(invitation: Invitation) -> str:
    secret = secrets.token_urlsafe(32)
    Invitation.objects.filter(pk=invitation.pk).update(reminder_sha256=_digest(secret))
    return secret


def _locked(invitation: Invitation) -> Invitation:
    return (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("partner")
        .get(pk=invitation.pk)
    )


def _locked_membership(membership: Membership) -> Membership:
    """With the organisation's other memberships: two last managers cannot leave in the same moment."""
    list(
        Membership.objects.select_for_update().filter(partner=membership.partner_id).order_by("pk")
    )
    return Membership.objects.select_related("partner", "user").get(pk=membership.pk)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
