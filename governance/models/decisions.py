from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.enums import ActionStatus, Effect, ItemKind, MinutesStatus, Outcome
from governance.models.committees import Committee
from governance.models.meetings import AgendaItem, Meeting, person
from governance.querysets import ActionQuerySet, DecisionQuerySet, MinutesQuerySet
from partners.models import Partner, Source
from projects.models import FundingAgreement, Project, ProjectSeries
from smartport.guards import dated, frozen_when, insert_only
from smartport.history import tracked


class Decision(models.Model):
    """What the committee decided, as it was; numbered without gaps by committee and year; insert-only.

    A decision is corrected or withdrawn by a later one that names it in `corrects`. `quorum` is the count
    as it was: {"required", "present", "represented", "reached", "reason"}; null when not known.
    """

    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="decisions", verbose_name=_("committee")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("number"))
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="decisions", verbose_name=_("meeting")
    )
    item = models.OneToOneField(
        AgendaItem, models.PROTECT, related_name="decision", verbose_name=_("agenda item")
    )
    kind = models.CharField(_("kind"), max_length=17, choices=ItemKind)
    outcome = models.CharField(_("outcome"), max_length=24, choices=Outcome)
    title = models.CharField(_("title"), max_length=300)
    text = models.TextField(_("wording"))
    conditions = models.TextField(_("conditions"), blank=True)
    decided_on = models.DateField(_("decided on"))
    series = models.ForeignKey(
        ProjectSeries,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("series"),
    )
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("project"),
    )
    agreement = models.ForeignKey(
        FundingAgreement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("agreement"),
    )
    effect = models.CharField(_("effect"), max_length=18, choices=Effect, default=Effect.NONE)
    votes_for = models.PositiveSmallIntegerField(_("for"), null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(_("against"), null=True, blank=True)
    votes_abstain = models.PositiveSmallIntegerField(_("abstentions"), null=True, blank=True)
    quorum = models.JSONField(_("quorum as it was"), null=True, blank=True)
    is_public = models.BooleanField(_("public"), default=True)
    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("corrects"),
    )
    withdraws = models.BooleanField(_("withdraws the decision it names"), default=False)
    recorded_by = person(_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)
    note = models.TextField(_("note on the facts"), blank=True)
    sources = models.ManyToManyField(
        Source, blank=True, related_name="decisions", verbose_name=_("sources")
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_on", "-year", "-number"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [models.Index(fields=["-decided_on", "-id"], name="decision_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "year", "number"],
                name="decision_number_once_by_committee_and_year",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="decision_number_from_one"),
            models.CheckConstraint(
                condition=Q(withdraws=False) | Q(corrects__isnull=False),
                name="decision_withdrawal_names_a_decision",
            ),
            models.CheckConstraint(
                condition=~Q(effect="approve_series") | Q(series__isnull=False),
                name="decision_approving_a_series_names_it",
            ),
            models.CheckConstraint(
                condition=~Q(effect="approve_agreement") | Q(agreement__isnull=False),
                name="decision_approving_an_agreement_names_it",
            ),
        ]
        triggers = [insert_only()]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("governance:decision_detail", args=[self.committee.slug, self.reference])

    @property
    def reference(self) -> str:
        """`2017-001`: year and number within it."""
        return f"{self.year}-{self.number:03d}"

    @property
    def is_demo(self) -> bool:
        return self.meeting.is_demo


class Minutes(models.Model):
    """Drafted from the meeting's data; once `edited` by hand, never overwritten; once approved, frozen."""

    meeting = models.OneToOneField(
        Meeting, models.PROTECT, related_name="minutes", verbose_name=_("meeting")
    )
    status = models.CharField(
        _("state"), max_length=10, choices=MinutesStatus, default=MinutesStatus.DRAFT
    )
    text = models.TextField(_("text"), blank=True)
    edited = models.BooleanField(_("edited by hand"), default=False)
    revision = models.PositiveIntegerField(default=0)
    circulated_at = models.DateTimeField(_("circulated at"), null=True, blank=True)
    objections_until = models.DateField(_("objections until"), null=True, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    approved_by = models.ForeignKey(
        Decision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="approved_minutes",
        verbose_name=_("approved by"),
    )
    tacitly = models.BooleanField(_("approved tacitly"), default=False)
    published = models.BooleanField(_("extract published"), default=False)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        ordering = ["-meeting__starts_at"]
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
        constraints = [
            dated(
                "circulated",
                "circulated_at",
                "objections_until",
                name="minutes_circulated_have_dates",
            ),
            dated("approved", "approved_on", name="minutes_approved_have_a_date"),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(tacitly=True) | Q(approved_by__isnull=False),
                name="minutes_approved_by_decision_or_tacitly",
            ),
        ]
        triggers = [frozen_when(status="approved")]

    def __str__(self) -> str:
        return str(self.meeting)


class MinutesRevision(models.Model):
    minutes = models.ForeignKey(
        Minutes, models.PROTECT, related_name="revisions", verbose_name=_("minutes")
    )
    number = models.PositiveIntegerField(_("number"))
    text = models.TextField(_("text"))
    author = person(_("author"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        ordering = ["minutes", "-number"]
        verbose_name = _("revision of minutes")
        verbose_name_plural = _("revisions of minutes")
        constraints = [
            models.UniqueConstraint(
                fields=["minutes", "number"], name="minutes_revision_number_once"
            )
        ]
        triggers = [insert_only()]

    def __str__(self) -> str:
        return f"{self.minutes} ({self.number})"


@tracked
class MinutesRemark(models.Model):
    minutes = models.ForeignKey(
        Minutes, models.PROTECT, related_name="remarks", verbose_name=_("minutes")
    )
    author = person(_("author"), null=False)
    text = models.TextField(_("remark"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = person(_("answered by"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        ordering = ["minutes", "at"]
        verbose_name = _("remark on minutes")
        verbose_name_plural = _("remarks on minutes")
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="remark_answer_has_date_and_author",
            )
        ]

    def __str__(self) -> str:
        return f"{self.minutes} {self.pk}"


@tracked
class Action(models.Model):
    """Something to do that a meeting asked for; printed in each pack until verified."""

    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="actions", verbose_name=_("committee")
    )
    meeting = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name=_("meeting"),
    )
    item = models.ForeignKey(
        AgendaItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name=_("agenda item"),
    )
    title = models.CharField(_("what is to be done"), max_length=300)
    owner = person(_("owner"), related_name="actions")
    partner = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name=_("partner"),
    )
    due_on = models.DateField(_("due on"))
    status = models.CharField(
        _("state"), max_length=11, choices=ActionStatus, default=ActionStatus.OPEN
    )
    opened_on = models.DateField(_("opened on"), default=timezone.localdate)
    evidence = models.TextField(_("what was done"), blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = person(_("done by"))
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    verified_by = person(_("verified by"))

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        constraints = [
            dated("done", "done_at", "done_by", name="action_done_has_date_and_author"),
            dated(
                "verified", "verified_at", "verified_by", name="action_verified_has_date_and_author"
            ),
            models.CheckConstraint(
                condition=Q(owner__isnull=False) | Q(partner__isnull=False),
                name="action_has_an_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.title
