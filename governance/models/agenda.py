from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.enums import Effect, ItemKind, Outcome, VoteChoice, VoteMode
from governance.models.committees import Seat
from governance.models.meetings import Meeting, person
from governance.models.quorum import reason_of
from governance.querysets import AgendaItemQuerySet
from projects.models import Amendment, FundingAgreement, Project, ProjectSeries
from smartport.guards import frozen_once_named
from smartport.history import tracked


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
    amendment = models.ForeignKey(
        Amendment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agenda_items",
        verbose_name=_("amendment"),
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
                condition=~Q(kind="approve_amendment") | Q(amendment__isnull=False),
                name="agenda_amendment_to_approve_is_named",
            ),
            models.CheckConstraint(
                condition=Q(amendment__isnull=True) | Q(agreement__isnull=False),
                name="agenda_amendment_comes_with_its_agreement",
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
