from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.enums import (
    EDITABLE_REPORTS,
    HEALTH_NEEDING_SUPPORT,
    Health,
    Level,
    ReportStatus,
)
from projects.models.portfolio import Project, ProjectSeries
from projects.models.progress import Milestone, ProjectIndicator
from projects.querysets import PeriodQuerySet, ReportQuerySet
from smartport.files import stored_name
from smartport.guards import frozen_when, frozen_with_parent


def person(related_name: str = "+", *, verbose_name: str, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name=related_name,
        verbose_name=verbose_name,
        null=null,
        blank=null,
    )


class ReportingPeriod(models.Model):
    """A campaign of one series: opens and falls due by date; both days included in the period."""

    series = models.ForeignKey(
        ProjectSeries, models.PROTECT, related_name="periods", verbose_name=_("series")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    opens_on = models.DateField(_("opens on"))
    due_on = models.DateField(_("due on"))
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    closed_on = models.DateField(
        _("closed on"),
        null=True,
        blank=True,
        help_text=_("From that day, a report nobody sent can only be written after an extension."),
    )

    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering = ["-ends_on", "series"]
        verbose_name = _("reporting period")
        verbose_name_plural = _("reporting periods")
        constraints = [
            models.UniqueConstraint(fields=["series", "starts_on"], name="period_once_by_series"),
            models.CheckConstraint(
                condition=Q(starts_on__lt=F("ends_on")) & Q(opens_on__lte=F("due_on")),
                name="period_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """“3rd quarter of 2026”, “July 2026” or “1st half of 2026”, by the length of the period."""
        from projects.periods import label

        return label(self.starts_on, self.ends_on)

    def is_closed_on(self, day: date) -> bool:
        return self.closed_on is not None and self.closed_on <= day


class ProgressReport(models.Model):
    """One report per project and period; a correction is a new version of the accepted one.

    `revision` grows with each save: an editor who saves over a newer one is told (smartport.errors.Stale).
    `held_input` is what was typed and cannot be stored yet (“101” percent), by name of the form's control:
    shown again with its error, and in the way of submission.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="reports", verbose_name=_("project")
    )
    period = models.ForeignKey(
        ReportingPeriod, models.PROTECT, related_name="reports", verbose_name=_("period")
    )
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="correction",
        verbose_name=_("corrects"),
    )
    correction_reason = models.TextField(_("reason for the correction"), blank=True)
    status = models.CharField(
        _("state"), max_length=10, choices=ReportStatus, default=ReportStatus.OPEN
    )
    due_on = models.DateField(_("due on"))
    health = models.CharField(_("health"), max_length=6, choices=Health, blank=True)
    cause = models.TextField(_("cause"), blank=True)
    ask = models.TextField(_("asked of the committee"), blank=True)
    completion_percent = models.PositiveSmallIntegerField(
        _("completion in percent"), null=True, blank=True
    )
    achievements = models.TextField(_("achievements"), blank=True)
    next_steps = models.TextField(_("next steps"), blank=True)
    public_summary = models.TextField(_("public summary"), blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=0)
    edited_by = person(verbose_name=_("last edited by"), null=True)
    edited_at = models.DateTimeField(_("last edited at"), null=True, blank=True)
    held_input = models.JSONField(
        _("typed, not valid yet"), default=dict, blank=True, editable=False
    )
    confirmation_asked_by = person(verbose_name=_("confirmation asked by"), null=True)
    confirmation_asked_at = models.DateTimeField(_("confirmation asked at"), null=True, blank=True)
    confirmed_by = person(verbose_name=_("confirmed by"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    submitted_by = person(verbose_name=_("submitted by"), null=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    reviewed_by = person(verbose_name=_("reviewed by"), null=True)
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-period__ends_on", "project__code", "-version"]
        verbose_name = _("progress report")
        verbose_name_plural = _("progress reports")
        indexes = [
            models.Index(fields=["status", "due_on"], name="report_status_due"),
            models.Index(
                fields=["project", "status", "-reviewed_at"], name="report_project_latest"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "period", "version"], name="report_once_by_project_and_period"
            ),
            models.UniqueConstraint(
                fields=["project", "period"],
                condition=~Q(status="accepted"),
                name="report_one_unaccepted_version",
            ),
            models.CheckConstraint(
                condition=Q(version=1, corrects__isnull=True)
                | (Q(version__gt=1, corrects__isnull=False) & ~Q(correction_reason="")),
                name="report_correction_names_what_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["submitted", "sent_back", "accepted"])
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="report_submitted_has_date_and_author",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["sent_back", "accepted"])
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="report_reviewed_has_date_and_reviewer",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["submitted", "accepted"]) | ~Q(health=""),
                name="report_submitted_has_health",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["submitted", "accepted"])
                | ~Q(health__in=["rainy", "stormy"])
                | (~Q(cause="") & ~Q(ask="")),
                name="report_rain_and_storm_have_cause_and_ask",
            ),
            models.CheckConstraint(
                condition=Q(completion_percent__isnull=True) | Q(completion_percent__lte=100),
                name="report_completion_percent",
            ),
        ]
        triggers = [frozen_when(status="accepted")]

    def __str__(self) -> str:
        return f"{self.project} · {self.period}"

    def get_absolute_url(self) -> str:
        return reverse("projects:report_detail", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        return self.status in EDITABLE_REPORTS

    @property
    def needs_support(self) -> bool:
        return self.health in HEALTH_NEEDING_SUPPORT


REPORT_TABLE = "projects_progressreport"


class ReportRisk(models.Model):
    report = models.ForeignKey(
        ProgressReport, models.CASCADE, related_name="risks", verbose_name=_("report")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("risk"), max_length=300)
    likelihood = models.PositiveSmallIntegerField(
        _("likelihood"), choices=Level, default=Level.MODERATE
    )
    impact = models.PositiveSmallIntegerField(_("impact"), choices=Level, default=Level.MODERATE)
    response = models.TextField(_("response"), blank=True)
    closed = models.BooleanField(_("closed"), default=False)

    class Meta:
        ordering = ["report", "position", "id"]
        verbose_name = _("risk")
        verbose_name_plural = _("risks")
        triggers = [frozen_with_parent(REPORT_TABLE, "report_id", "accepted")]

    def __str__(self) -> str:
        return self.title


class MilestoneUpdate(models.Model):
    """What a report says of one milestone; the milestone itself changes when the report is accepted."""

    report = models.ForeignKey(
        ProgressReport, models.CASCADE, related_name="milestone_updates", verbose_name=_("report")
    )
    milestone = models.ForeignKey(
        Milestone, models.CASCADE, related_name="updates", verbose_name=_("milestone")
    )
    forecast_on = models.DateField(_("forecast"), null=True, blank=True)
    actual_on = models.DateField(_("reached on"), null=True, blank=True)
    reason = models.TextField(_("reason for the slip"), blank=True)

    class Meta:
        ordering = ["report", "milestone"]
        verbose_name = _("update of a milestone")
        verbose_name_plural = _("updates of milestones")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "milestone"], name="milestone_update_once_by_report"
            )
        ]
        triggers = [frozen_with_parent(REPORT_TABLE, "report_id", "accepted")]

    def __str__(self) -> str:
        return f"{self.milestone}: {self.forecast_on}"


class IndicatorValue(models.Model):
    report = models.ForeignKey(
        ProgressReport, models.CASCADE, related_name="indicator_values", verbose_name=_("report")
    )
    indicator = models.ForeignKey(
        ProjectIndicator, models.PROTECT, related_name="values", verbose_name=_("indicator")
    )
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=3, null=True, blank=True)

    class Meta:
        ordering = ["report", "indicator"]
        verbose_name = _("value of an indicator")
        verbose_name_plural = _("values of indicators")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "indicator"], name="indicator_value_once_by_report"
            )
        ]
        triggers = [frozen_with_parent(REPORT_TABLE, "report_id", "accepted")]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.value}"


class Expenditure(models.Model):
    """Spent to date on one contribution, in euros."""

    report = models.ForeignKey(
        ProgressReport, models.CASCADE, related_name="expenditures", verbose_name=_("report")
    )
    contribution = models.ForeignKey(
        "projects.Contribution",
        models.PROTECT,
        related_name="expenditures",
        verbose_name=_("contribution"),
    )
    amount = models.DecimalField(
        _("spent to date"), max_digits=14, decimal_places=2, null=True, blank=True
    )

    class Meta:
        ordering = ["report", "contribution"]
        verbose_name = _("expenditure")
        verbose_name_plural = _("expenditures")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "contribution"], name="expenditure_once_by_report"
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="expenditure_positive"
            ),
        ]
        triggers = [frozen_with_parent(REPORT_TABLE, "report_id", "accepted")]

    def __str__(self) -> str:
        return f"{self.contribution}: {self.amount}"


class Evidence(models.Model):
    """A file joined to a report; `media_type` is what its bytes say, `name` what its author called it."""

    report = models.ForeignKey(
        ProgressReport, models.CASCADE, related_name="evidence", verbose_name=_("report")
    )
    file = models.FileField(_("file"), upload_to=stored_name, max_length=200)
    name = models.CharField(_("name"), max_length=255)
    media_type = models.CharField(_("type"), max_length=120)
    size = models.PositiveBigIntegerField(_("size"), help_text=_("In bytes."))
    sha256 = models.CharField("SHA-256", max_length=64)
    uploaded_by = person(verbose_name=_("uploaded by"))
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)

    class Meta:
        ordering = ["report", "uploaded_at", "id"]
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        triggers = [frozen_with_parent(REPORT_TABLE, "report_id", "accepted")]

    def __str__(self) -> str:
        return self.name
