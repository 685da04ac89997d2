from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.enums import OPEN_AGENDA, MeetingKind, MeetingStatus
from governance.models.committees import Committee
from governance.querysets import MeetingQuerySet
from partners.models import Source
from partners.models.organisations import DEMO_PREFIX
from smartport import dates
from smartport.guards import dated


def person(verbose_name: str, *, null: bool = True, related_name: str = "+") -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=null,
        blank=null,
        related_name=related_name,
        verbose_name=verbose_name,
    )


class Meeting(models.Model):
    code = models.CharField(_("code"), max_length=40, unique=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="meetings", verbose_name=_("committee")
    )
    kind = models.CharField(
        _("kind"), max_length=13, choices=MeetingKind, default=MeetingKind.ORDINARY
    )
    status = models.CharField(
        _("state"), max_length=10, choices=MeetingStatus, default=MeetingStatus.DRAFT
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    time_known = models.BooleanField(_("the time of day is known"), default=True)
    place = models.CharField(_("place"), max_length=300, blank=True)
    link = models.URLField(_("video link"), blank=True)
    guests = models.TextField(
        _("guests"),
        blank=True,
        help_text=_("People without a mandate, one per line: name, organisation."),
    )
    previous = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="following",
        verbose_name=_("previous meeting"),
    )
    is_public = models.BooleanField(
        _("announced to the public"),
        default=False,
        help_text=_("Its date and place, never its papers."),
    )
    answers_due_on = models.DateField(_("answers due on"), null=True, blank=True)
    proposals_until = models.DateField(
        _("items may be proposed until"),
        null=True,
        blank=True,
        help_text=_(
            "Partners are told the day of the meeting and propose items until then. Empty: nobody proposes."
        ),
    )
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)
    summoned_at = models.DateTimeField(_("summoned at"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    held_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = person(_("closed by"))
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancel_reason = models.TextField(_("reason for the cancellation"), blank=True)
    note = models.TextField(_("note on the facts"), blank=True)
    sources = models.ManyToManyField(
        Source, blank=True, related_name="meetings", verbose_name=_("sources")
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-id"]
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="meeting_times_in_order",
            ),
            dated("summoned", "summoned_at", name="meeting_summoned_has_a_date"),
            dated("in_session", "opened_at", name="meeting_in_session_has_a_date"),
            dated("held", "held_at", name="meeting_held_has_a_date"),
            dated("closed", "closed_at", "held_at", name="meeting_closed_has_dates"),
            dated("cancelled", "cancelled_at", name="meeting_cancelled_has_a_date"),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancel_reason=""),
                name="meeting_cancelled_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(kind="written")
                | Q(status__in=["draft", "cancelled"])
                | Q(answers_due_on__isnull=False),
                name="meeting_written_has_a_deadline",
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.committee} · {dates.day(timezone.localdate(self.starts_at))}"

    def get_absolute_url(self) -> str:
        return reverse("governance:meeting_detail", args=[self.code])

    @property
    def name(self) -> str:
        """Beside its day: its title, or its committee."""
        return self.title or str(self.committee)

    @property
    def short_name(self) -> str:
        """Beside its committee: its title, or its day."""
        said = _("Written consultation of %(day)s") if self.is_written else _("Meeting of %(day)s")
        return self.title or said % {"day": dates.day(self.day)}

    @property
    def is_demo(self) -> bool:
        return self.code.startswith(DEMO_PREFIX)

    @property
    def day(self):
        """The day of the meeting in Paris."""
        return timezone.localdate(self.starts_at)

    @property
    def is_yet_to_come(self) -> bool:
        return self.day > timezone.localdate()

    @property
    def is_written(self) -> bool:
        return self.kind == MeetingKind.WRITTEN

    @property
    def agenda_is_open(self) -> bool:
        """A consultation that was sent is being answered as it stands."""
        return self.status in OPEN_AGENDA and not (
            self.is_written and self.status == MeetingStatus.SUMMONED
        )
