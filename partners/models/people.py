from datetime import date, datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from partners.enums import Language, MembershipRole, TokenScope
from partners.models.organisations import Partner
from partners.querysets import InvitationQuerySet, MembershipQuerySet, UserQuerySet
from smartport.history import tracked


class DateRange(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


def period() -> DateRange:
    """Expression for the days from `start` to `end`, both included; open when `end` is null."""
    return DateRange("start", "end", RangeBoundary(inclusive_lower=True, inclusive_upper=True))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        # Accounts come by invitation or from an administrator: either way the address is known to be theirs.
        EmailAddress.objects.using(self._db).create(
            user=user, email=user.email, primary=True, verified=True
        )
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(
            email, password, **{"is_staff": True, "is_superuser": True, **fields}
        )

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail address"), unique=True)
    first_name = models.CharField(_("first name"), max_length=150, blank=True)
    last_name = models.CharField(_("last name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.FR)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_secretariat = models.BooleanField(_("secretariat of the committee"), default=False)
    is_staff = models.BooleanField(_("administrator"), default=False)
    address_failed_at = models.DateTimeField(_("address refused mail since"), null=True, blank=True)
    date_joined = models.DateTimeField(_("joined on"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        ordering = ["last_name", "first_name", "id"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_any_case")]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email.partition("@")[0]

    def get_short_name(self) -> str:
        return self.first_name or self.get_full_name()

    @property
    def runs_the_cycle(self) -> bool:
        """Secretariat and administrators see and steer everything that is not personal."""
        return self.is_active and (self.is_secretariat or self.is_staff)

    known_roles: dict[int, str] | None = None

    def remember_memberships(self) -> None:
        """From here on, asking this object for its organisations costs no query: for lists of many rows."""
        self.known_roles = dict(self.memberships.active().values_list("partner_id", "role"))


tracked(User, exclude=["password", "last_login"])


@tracked
class Membership(models.Model):
    user = models.ForeignKey(
        User, models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="memberships", verbose_name=_("partner")
    )
    role = models.CharField(_("role"), max_length=12, choices=MembershipRole)
    function = models.CharField(_("function"), max_length=150, blank=True)
    start = models.DateField(_("from"), default=timezone.localdate)
    end = models.DateField(_("until"), null=True, blank=True, help_text=_("Last day, included."))

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["partner", "user", "start"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")),
                name="membership_dates_in_order",
            ),
            ExclusionConstraint(
                name="membership_no_overlap",
                expressions=[
                    (period(), RangeOperators.OVERLAPS),
                    ("user", RangeOperators.EQUAL),
                    ("partner", RangeOperators.EQUAL),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.partner})"

    def is_active_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


@tracked
class Invitation(models.Model):
    """A single-use link to join a partner; only the SHA-256 of its secret is kept.

    The reminder carries a link of its own, and the first one goes on working.
    """

    partner = models.ForeignKey(
        Partner, models.CASCADE, related_name="invitations", verbose_name=_("partner")
    )
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=12, choices=MembershipRole)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.FR)
    secret_sha256 = models.CharField(max_length=64, unique=True)
    reminder_sha256 = models.CharField(
        max_length=64, unique=True, null=True, blank=True, editable=False
    )
    invited_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                "partner",
                Lower("email"),
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_one_open_by_address",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None

    def is_usable_at(self, now: datetime) -> bool:
        return self.is_open and now < self.expires_at


class ApiToken(AbstractAuthToken):
    """A token of the API, hashed; made and revoked by its owner."""

    name = models.CharField(_("name"), max_length=80, blank=True)
    scope = models.CharField(_("scope"), max_length=5, choices=TokenScope, default=TokenScope.READ)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
