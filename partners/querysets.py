from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Max, Q
from django.utils import timezone

from partners.enums import MembershipRole, MessageState

if TYPE_CHECKING:
    from partners.models import Partner, User


class PartnerQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "PartnerQuerySet":
        """Organisations are public; demonstration ones too (they carry their mark)."""
        return self

    def of(self, user: "User", day: date | None = None) -> "PartnerQuerySet":
        """The organisations this person belongs to on that day (today)."""
        if not user.is_authenticated:
            return self.none()
        from partners.models import Membership

        active = Membership.objects.filter(user=user).active_on(day or timezone.localdate())
        return self.filter(pk__in=active.values("partner"))

    def managed_by(self, user: "User") -> "PartnerQuerySet":
        """Those this person manages today."""
        from partners.models import Membership

        managing = Membership.objects.active().managers().filter(user=user)
        return self.filter(pk__in=managing.values("partner"))


class MembershipQuerySet(models.QuerySet):
    def active_on(self, day: date) -> "MembershipQuerySet":
        return self.filter(
            Q(end__isnull=True) | Q(end__gte=day), start__lte=day, user__is_active=True
        )

    def active(self) -> "MembershipQuerySet":
        return self.active_on(timezone.localdate())

    def colleagues_of(self, user: "User") -> models.QuerySet:
        """The ids of the people of this person's organisations, themselves among them."""
        mine = self.active().filter(user=user).values("partner")
        return self.active().filter(partner__in=mine).values("user")

    def managers(self) -> "MembershipQuerySet":
        return self.filter(role=MembershipRole.MANAGER)

    def visible_to(self, user: "User") -> "MembershipQuerySet":
        """Colleagues of one's organisations; everyone for the secretariat."""
        if not user.is_authenticated:
            return self.none()
        if user.runs_the_cycle:
            return self
        from partners.models import Partner

        return self.filter(partner__in=Partner.objects.of(user))


class InvitationQuerySet(models.QuerySet):
    def open(self) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn; an expired one can still be sent again."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)

    def addressed_to(self, user: "User") -> "InvitationQuerySet":
        """Those this person may accept now."""
        return self.open().filter(email__iexact=user.email, expires_at__gt=timezone.now())

    def visible_to(self, user: "User") -> "InvitationQuerySet":
        """Those of the organisations this person manages; all for the secretariat."""
        if not user.is_authenticated:
            return self.none()
        if user.runs_the_cycle:
            return self
        from partners.models import Membership

        managed = Membership.objects.active().managers().filter(user=user).values("partner")
        return self.filter(partner__in=managed)


class UserQuerySet(models.QuerySet):
    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def secretariat(self) -> "UserQuerySet":
        return self.active().filter(is_secretariat=True)

    def of(self, partner: "Partner", day: date | None = None) -> "UserQuerySet":
        """People who belong to this organisation on that day (today)."""
        from partners.models import Membership

        return self.filter(
            pk__in=Membership.objects.filter(partner=partner)
            .active_on(day or timezone.localdate())
            .values("user")
        )

    def managers_of(self, person: "User") -> "UserQuerySet":
        """Managers of the organisations this person belongs to today."""
        from partners.models import Membership

        organisations = Membership.objects.active().filter(user=person).values("partner")
        managing = Membership.objects.active().managers().filter(partner__in=organisations)
        return self.active().filter(pk__in=managing.values("user"))


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "MessageQuerySet":
        if not user.is_authenticated:
            return self.none()
        return self if user.runs_the_cycle else self.filter(recipient=user)

    def unwritten(self) -> "MessageQuerySet":
        """Those whose text could not be put into words: nothing was ever sent of them."""
        return self.filter(state=MessageState.FAILED, text="")

    def written(self) -> "MessageQuerySet":
        return self.exclude(state=MessageState.FAILED, text="")

    def to_deliver(self, now: datetime) -> "MessageQuerySet":
        return self.filter(state=MessageState.QUEUED, not_before__lte=now).order_by(
            "not_before", "id"
        )


class SubscriptionQuerySet(models.QuerySet):
    def of(self, address: str) -> "SubscriptionQuerySet":
        return self.filter(address__iexact=address)

    def confirmed(self) -> "SubscriptionQuerySet":
        return self.filter(confirmed_at__isnull=False)

    def unconfirmed_since(self, moment: datetime) -> "SubscriptionQuerySet":
        return self.filter(confirmed_at__isnull=True, created_at__lt=moment)

    def due_addresses(self, before: datetime) -> list[str]:
        """Confirmed addresses to which nothing was told since that moment."""
        confirmed = self.confirmed().order_by().values("address").annotate(last=Max("told_at"))
        due = confirmed.filter(Q(last__isnull=True) | Q(last__lte=before))
        return list(due.order_by("address").values_list("address", flat=True))


class AnnouncementQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "AnnouncementQuerySet":
        """The secretariat's; what others received of them is in their mail."""
        return self if user.is_authenticated and user.runs_the_cycle else self.none()
