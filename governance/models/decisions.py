from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.enums import Effect, ItemKind, Outcome
from governance.models.agenda import AgendaItem
from governance.models.committees import Committee
from governance.models.meetings import Meeting, person
from governance.models.quorum import reason_of
from governance.querysets import DecisionQuerySet
from governance.standing import decision_keeps_series_approved_once, series_keeps_its_approval
from partners.models import Source
from projects.models import Amendment, FundingAgreement, Project, ProjectSeries
from smartport.guards import insert_only


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
    amendment = models.ForeignKey(
        Amendment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("amendment"),
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
    before = models.JSONField(
        _("what its effect found"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Given back if the decision is withdrawn."),
    )
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
            models.CheckConstraint(
                condition=~Q(effect="approve_amendment") | Q(amendment__isnull=False),
                name="decision_approving_an_amendment_names_it",
            ),
            models.CheckConstraint(
                condition=Q(amendment__isnull=True) | Q(agreement__isnull=False),
                name="decision_amendment_comes_with_its_agreement",
            ),
            models.UniqueConstraint(fields=["corrects"], name="decision_corrected_once"),
        ]
        triggers = [insert_only(), decision_keeps_series_approved_once()]

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

    @property
    def quorum_reason(self) -> str:
        """In the language of the moment."""
        return reason_of(self.quorum)


class ApprovedSeries(ProjectSeries):
    """The series as decisions see them: here hangs the check that belongs to their table."""

    class Meta:
        proxy = True
        verbose_name = _("approved series")
        verbose_name_plural = _("approved series")
        triggers = [series_keeps_its_approval()]
