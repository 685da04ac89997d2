"""Who is expected at a meeting, who is there, and who speaks for whom."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.enums import Capacity, Reply
from governance.models.committees import Seat
from governance.models.meetings import Meeting, person
from governance.querysets import SummonsQuerySet
from smartport.history import tracked


@tracked
class Summons(models.Model):
    """What one person was summoned to, in which capacity, and what they replied.

    `replied_by` is who recorded a reply in their name; null where it is their own.
    """

    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="summonses", verbose_name=_("meeting")
    )
    user = person(_("person"), null=False, related_name="summonses")
    seat = models.ForeignKey(
        Seat,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="summonses",
        verbose_name=_("seat"),
    )
    capacity = models.CharField(_("capacity"), max_length=9, choices=Capacity)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    reply = models.CharField(_("reply"), max_length=9, choices=Reply, default=Reply.NONE)
    replied_at = models.DateTimeField(_("replied at"), null=True, blank=True)
    replied_by = person(_("reply recorded by"))
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    alternate = person(_("alternate"))
    proxy_holder = person(_("proxy given to"))

    objects = SummonsQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "seat__position", "id"]
        verbose_name = _("summons")
        verbose_name_plural = _("summonses")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "user"], name="summons_once_by_person"),
            models.CheckConstraint(
                condition=Q(reply="none") | Q(replied_at__isnull=False),
                name="summons_reply_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(reply="proxy") | Q(proxy_holder__isnull=False),
                name="summons_proxy_names_its_holder",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.user}"


@tracked
class Attendance(models.Model):
    """One stay in the room; leaving and coming back makes a second row."""

    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="attendances", verbose_name=_("meeting")
    )
    user = person(_("person"), null=False, related_name="attendances")
    seat = models.ForeignKey(
        Seat,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attendances",
        verbose_name=_("seat"),
    )
    capacity = models.CharField(_("capacity"), max_length=9, choices=Capacity)
    arrived_at = models.DateTimeField(_("arrived at"))
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)

    class Meta:
        ordering = ["meeting", "seat__position", "arrived_at"]
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "user"],
                condition=Q(left_at__isnull=True),
                name="attendance_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("arrived_at")),
                name="attendance_times_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.user}"


@tracked
class Proxy(models.Model):
    """A seat's vote entrusted to a person; it counts only while that person is present."""

    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="proxies", verbose_name=_("meeting")
    )
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="proxies", verbose_name=_("seat"))
    giver = person(_("given by"), null=False)
    holder = person(_("held by"), null=False, related_name="proxies_held")
    given_at = models.DateTimeField(_("given at"), default=timezone.now)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        ordering = ["meeting", "seat__position", "given_at"]
        verbose_name = _("proxy")
        verbose_name_plural = _("proxies")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "seat"],
                condition=Q(revoked_at__isnull=True),
                name="proxy_once_by_seat",
            ),
            models.CheckConstraint(condition=~Q(giver=F("holder")), name="proxy_to_someone_else"),
        ]

    def __str__(self) -> str:
        return f"{self.seat} → {self.holder}"
