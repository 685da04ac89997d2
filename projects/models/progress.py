import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models.portfolio import Project, StrategicGoal
from smartport.guards import insert_only


class Milestone(models.Model):
    """`baseline_on` is frozen at approval; only a decision re-baselines, which raises `baseline_version`."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="milestones", verbose_name=_("project")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=200)
    baseline_on = models.DateField(_("baseline"), null=True, blank=True)
    baseline_version = models.PositiveSmallIntegerField(default=1, editable=False)
    baseline_frozen_on = models.DateField(
        _("baseline frozen on"), null=True, blank=True, editable=False
    )
    forecast_on = models.DateField(_("forecast"), null=True, blank=True)
    actual_on = models.DateField(_("reached on"), null=True, blank=True)

    class Meta:
        ordering = ["project", "position", "id"]
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        triggers = [
            pgtrigger.Protect(
                name="baseline_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.baseline_frozen_on IS NOT NULL AND OLD.baseline_on IS DISTINCT FROM NEW.baseline_on"
                    " AND NEW.baseline_version = OLD.baseline_version"
                ),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def expected_on(self):
        """The date to show: reached, else forecast, else baseline (or None)."""
        return self.actual_on or self.forecast_on or self.baseline_on

    @property
    def days_late(self) -> int | None:
        """Days between baseline and forecast or actual; negative when early; None when unknown."""
        if self.baseline_on is None or self.expected_on is None:
            return None
        return (self.expected_on - self.baseline_on).days


class MilestoneSlip(models.Model):
    """Each change of a forecast keeps its date, reason and author."""

    milestone = models.ForeignKey(
        Milestone, models.CASCADE, related_name="slips", verbose_name=_("milestone")
    )
    report = models.ForeignKey(
        "projects.ProgressReport", models.PROTECT, null=True, blank=True, related_name="slips"
    )
    from_on = models.DateField(_("from"), null=True, blank=True)
    to_on = models.DateField(_("to"))
    reason = models.TextField(_("reason"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        ordering = ["milestone", "at", "id"]
        verbose_name = _("slip")
        verbose_name_plural = _("slips")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="slip_has_a_reason")]
        triggers = [insert_only()]

    def __str__(self) -> str:
        return f"{self.milestone}: {self.from_on} -> {self.to_on}"


class Indicator(models.Model):
    """What is measured; values add up across projects when `additive`."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    title = models.CharField(_("title"), max_length=200)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    goal = models.ForeignKey(
        StrategicGoal,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="indicators",
        verbose_name=_("strategic goal"),
    )
    additive = models.BooleanField(_("adds up across projects"), default=True)
    lower_is_better = models.BooleanField(_("lower is better"), default=False)

    class Meta:
        ordering = ["code"]
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")

    def __str__(self) -> str:
        return self.title


class ProjectIndicator(models.Model):
    """An indicator as one project follows it; values are in the indicator's unit."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="indicators", verbose_name=_("project")
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="uses", verbose_name=_("indicator")
    )
    baseline = models.DecimalField(
        _("baseline"), max_digits=16, decimal_places=3, null=True, blank=True
    )
    target = models.DecimalField(
        _("target"), max_digits=16, decimal_places=3, null=True, blank=True
    )
    target_on = models.DateField(_("target date"), null=True, blank=True)

    class Meta:
        ordering = ["project", "indicator__code"]
        verbose_name = _("indicator of a project")
        verbose_name_plural = _("indicators of projects")
        constraints = [
            models.UniqueConstraint(fields=["project", "indicator"], name="project_indicator_once")
        ]

    def __str__(self) -> str:
        return str(self.indicator)
