"""What people owe or wait for as people of an organisation: invitations not yet answered."""

from collections.abc import Iterator
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import Invitation, Membership
from smartport.obligations import Obligation, register


def invitations(user: AbstractBaseUser, today: date) -> Iterator[Obligation]:
    """To a manager: those who were invited and have not joined; an expired one is theirs to send again."""
    managed = Membership.objects.active_on(today).managers().filter(user=user).values("partner")
    waiting = Invitation.objects.open().filter(partner__in=managed).select_related("partner")
    for one in waiting.order_by("created_at", "pk"):
        expired = one.expires_at <= timezone.now()
        yield Obligation(
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
