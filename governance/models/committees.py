from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from governance.enums import Capacity, CommitteeKind, DayCount, QuorumRule, SeatKind
from governance.querysets import CommitteeQuerySet, MandateQuerySet, SeatQuerySet
from partners.models import Partner, Source
from partners.models.organisations import DEMO_PREFIX
from partners.models.people import period
from smartport.history import tracked


class Committee(models.Model):
    """Its rules are settings that warn, with the reason; they never block: only people decide."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=CommitteeKind)
    quorum_rule = models.CharField(
        _("quorum"), max_length=10, choices=QuorumRule, default=QuorumRule.SHARE
    )
    quorum_percent = models.PositiveSmallIntegerField(
        _("share for the quorum, in percent"), default=50, validators=[MaxValueValidator(100)]
    )
    proxies_count_for_quorum = models.BooleanField(_("proxies count for the quorum"), default=True)
    proxies_per_holder = models.PositiveSmallIntegerField(_("proxies per holder"), default=1)
    notice_days = models.PositiveSmallIntegerField(_("notice, in days"), default=14)
    notice_count = models.CharField(
        _("notice counted in"), max_length=8, choices=DayCount, default=DayCount.CALENDAR
    )
    minutes_days = models.PositiveSmallIntegerField(_("days to circulate the minutes"), default=15)
    objection_days = models.PositiveSmallIntegerField(
        _("days to object to the minutes"), default=15
    )
    proposal_days = models.PositiveSmallIntegerField(
        _("items are proposed until, in days before the meeting"), default=21
    )
    sources = models.ManyToManyField(
        Source, blank=True, related_name="committees", verbose_name=_("sources")
    )

    objects = CommitteeQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "code"]
        verbose_name = _("committee")
        verbose_name_plural = _("committees")
        constraints = [
            models.CheckConstraint(
                condition=Q(quorum_percent__lte=100), name="committee_quorum_percent"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("governance:committee_detail", args=[self.slug])

    @property
    def is_demo(self) -> bool:
        return self.code.startswith(DEMO_PREFIX)


class StandingItem(models.Model):
    """One line of the committee's default agenda, after the minutes and the open actions; `minutes` is its duration."""

    committee = models.ForeignKey(
        Committee, models.CASCADE, related_name="standing_items", verbose_name=_("committee")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=300)
    minutes = models.PositiveSmallIntegerField(_("duration, in minutes"), default=10)

    class Meta:
        ordering = ["committee", "position"]
        verbose_name = _("item of the default agenda")
        verbose_name_plural = _("default agenda")
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "position"], name="standing_item_position_once"
            )
        ]

    def __str__(self) -> str:
        return self.title


@tracked
class Seat(models.Model):
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="seats", verbose_name=_("committee")
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="seats", verbose_name=_("partner")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=SeatKind, default=SeatKind.VOTING)
    college = models.CharField(_("college"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    start = models.DateField(_("from"), null=True, blank=True)
    end = models.DateField(_("until"), null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["committee", "position", "id"]
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "partner"],
                condition=Q(end__isnull=True),
                name="seat_once_by_partner",
            ),
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(end__isnull=True) | Q(start__lte=F("end")),
                name="seat_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return str(self.partner)


@tracked
class Mandate(models.Model):
    """A person in a seat, from `start` to `end`, both included."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="mandates", verbose_name=_("seat"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="mandates", verbose_name=_("person")
    )
    capacity = models.CharField(
        _("capacity"), max_length=9, choices=Capacity, default=Capacity.TITULAR
    )
    start = models.DateField(_("from"))
    end = models.DateField(_("until"), null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        ordering = ["seat", "capacity", "start"]
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints = [
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")),
                name="mandate_dates_in_order",
            ),
            ExclusionConstraint(
                name="mandate_one_person_by_seat_and_capacity",
                expressions=[
                    (period(), RangeOperators.OVERLAPS),
                    ("seat", RangeOperators.EQUAL),
                    ("capacity", RangeOperators.EQUAL),
                ],
                violation_error_message=_(
                    "Another mandate of this kind covers some of these days."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.seat.partner.label})"

    def is_active_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)
