"""What people owe or wait for as people of an organisation: invitations not yet answered."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import Invitation, Membership
from smartport.obligations import Obligation, register

if TYPE_CHECKING:
    from partners.models import User


def invitations(user: "User", today: date) -> Iterator[Obligation]:
    """To the person invited, the invitation; to a manager, those who have not joined, and the expired to send again."""
    managed = Membership.objects.active_on(today).managers().filter(user=user).values("partner")
    mine = Q(pk__in=Invitation.objects.addressed_to(user).values("pk"))
    waiting = Invitation.objects.open().filter(mine | Q(partner__in=managed))
    for one in waiting.select_related("partner").order_by("created_at", "pk"):
        if one.email.lower() == user.email.lower():
            yield _to_accept(one)
        else:
            yield _to_follow(one)


def _to_accept(one: Invitation) -> Obligation:
    return Obligation(
        key=f"invitation:{one.pk}",
        kind="invitation",
        title=_("Invitation to join %(partner)s") % {"partner": one.partner.label},
        url=reverse("partners:invitation_mine", args=[one.pk]),
        action=_("Reply to the invitation"),
        for_whom=one.partner.label,
        due_on=timezone.localdate(one.expires_at),
        since=timezone.localdate(one.created_at),
        icon="mail",
        is_demo=one.partner.is_demo,
    )


def _to_follow(one: Invitation) -> Obligation:
    expired = one.expires_at <= timezone.now()
    return Obligation(
        key=f"invitation:{one.pk}",
        kind="invitation",
        title=_("Invitation of %(address)s") % {"address": one.email},
        url=reverse("partners:people", args=[one.partner.slug]),
        action=_("Send again") if expired else _("See the invitation"),
        for_whom=one.partner.label,
        partner_id=one.partner_id,
        due_on=timezone.localdate(one.expires_at) if expired else None,
        since=timezone.localdate(one.created_at),
        waits_for="" if expired else one.email,
        icon="mail",
        is_demo=one.partner.is_demo,
    )


register("invitations", invitations)
