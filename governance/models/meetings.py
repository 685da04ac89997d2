from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.enums import (
    OPEN_AGENDA,
    Capacity,
    Effect,
    ItemKind,
    MeetingKind,
    MeetingStatus,
    Outcome,
    Reply,
    VoteChoice,
    VoteMode,
)
from governance.models.committees import Committee, Seat
from governance.models.quorum import reason_of
from governance.querysets import AgendaItemQuerySet, MeetingQuerySet, SummonsQuerySet
from partners.models import Source
from partners.models.organisations import DEMO_PREFIX
from projects.models import FundingAgreement, Project, ProjectSeries
from smartport.guards import dated, frozen_once_named
from smartport.history import tracked


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
        return self.title or f"{self.committee} · {timezone.localdate(self.starts_at):%d/%m/%Y}"

    def get_absolute_url(self) -> str:
        return reverse("governance:meeting_detail", args=[self.code])

    @property
    def is_demo(self) -> bool:
        return self.code.startswith(DEMO_PREFIX)

    @property
    def day(self):
        """The day of the meeting in Paris."""
        return timezone.localdate(self.starts_at)

    @property
    def is_written(self) -> bool:
        return self.kind == MeetingKind.WRITTEN

    @property
    def agenda_is_open(self) -> bool:
        """A consultation that was sent is being answered as it stands."""
        return self.status in OPEN_AGENDA and not (
            self.is_written and self.status == MeetingStatus.SUMMONED
        )


class AgendaItem(models.Model):
    """An item and, once it is taken, its outcome; the numbered Decision is made when the meeting closes.

    `position` counts from 1 without gaps within the meeting; `minutes` is the planned duration.
    """

    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="agenda", verbose_name=_("meeting")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=17, choices=ItemKind)
    title = models.CharField(_("title"), max_length=300)
    note = models.TextField(_("note"), blank=True)
    series = models.ForeignKey(
        ProjectSeries,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agenda_items",
        verbose_name=_("series"),
    )
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agenda_items",
        verbose_name=_("project"),
    )
    agreement = models.ForeignKey(
        FundingAgreement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agenda_items",
        verbose_name=_("agreement"),
    )
    effect = models.CharField(_("effect"), max_length=18, choices=Effect, default=Effect.NONE)
    rapporteur = models.CharField(_("rapporteur"), max_length=200, blank=True)
    proposed_decision = models.TextField(_("proposed decision"), blank=True)
    confidential = models.BooleanField(_("confidential"), default=False)
    minutes = models.PositiveSmallIntegerField(_("duration, in minutes"), default=10)
    late = models.BooleanField(_("added late"), default=False)
    late_reason = models.TextField(_("why it is late"), blank=True)
    ready = models.BooleanField(_("ready"), default=False)
    proposed_by = person(_("proposed by"))
    carried_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="carried_to",
        verbose_name=_("carried over from"),
    )
    outcome = models.CharField(_("outcome"), max_length=24, choices=Outcome, blank=True)
    wording = models.TextField(_("wording of the decision"), blank=True)
    conditions = models.TextField(_("conditions"), blank=True)
    vote_mode = models.CharField(_("vote"), max_length=13, choices=VoteMode, default=VoteMode.NONE)
    votes_for = models.PositiveSmallIntegerField(_("for"), null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(_("against"), null=True, blank=True)
    votes_abstain = models.PositiveSmallIntegerField(_("abstentions"), null=True, blank=True)
    quorum = models.JSONField(_("quorum as it was"), null=True, blank=True)
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    recorded_by = person(_("recorded by"))
    corrects = models.ForeignKey(
        "governance.Decision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("corrects or withdraws the decision"),
    )
    withdraws = models.BooleanField(_("withdraws that decision"), default=False)
    revision = models.PositiveIntegerField(default=0)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "position"]
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "position"],
                name="agenda_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=~Q(kind="approve_series") | Q(series__isnull=False),
                name="agenda_series_to_approve_is_named",
            ),
            models.CheckConstraint(
                condition=~Q(kind="approve_agreement") | Q(agreement__isnull=False),
                name="agenda_agreement_to_approve_is_named",
            ),
            models.CheckConstraint(
                condition=Q(late=False) | ~Q(late_reason=""), name="agenda_late_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(taken_at__isnull=False),
                name="agenda_outcome_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="approved_with_conditions") | ~Q(conditions=""),
                name="agenda_conditions_are_written",
            ),
            models.CheckConstraint(
                condition=~Q(
                    effect__in=[
                        "suspend_project",
                        "resume_project",
                        "complete_project",
                        "cancel_project",
                        "rebaseline_project",
                    ]
                )
                | Q(project__isnull=False),
                name="agenda_effect_names_a_project",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"

    @property
    def quorum_reason(self) -> str:
        """In the language of the moment."""
        return reason_of(self.quorum)


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


@tracked
class Vote(models.Model):
    """How one seat voted on one item, at a roll call or in a written consultation."""

    item = models.ForeignKey(
        AgendaItem, models.PROTECT, related_name="votes", verbose_name=_("item")
    )
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="votes", verbose_name=_("seat"))
    choice = models.CharField(_("vote"), max_length=8, choices=VoteChoice)
    cast_by = person(_("cast by"), null=False)
    by_proxy = models.BooleanField(_("by proxy"), default=False)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        ordering = ["item", "seat__position"]
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [models.UniqueConstraint(fields=["item", "seat"], name="vote_once_by_seat")]
        triggers = [frozen_once_named("governance_decision", "item_id")]

    def __str__(self) -> str:
        return f"{self.seat}: {self.get_choice_display()}"


@tracked
class ConflictOfInterest(models.Model):
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, related_name="conflicts", verbose_name=_("item")
    )
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="conflicts", verbose_name=_("seat"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["item", "seat__position"]
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        constraints = [
            models.UniqueConstraint(fields=["item", "seat"], name="conflict_once_by_seat")
        ]
        triggers = [frozen_once_named("governance_decision", "item_id")]

    def __str__(self) -> str:
        return f"{self.item}: {self.seat}"
