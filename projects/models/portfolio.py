from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partners.models import Partner, Source
from partners.models.organisations import DEMO_PREFIX
from projects.enums import (
    ACADEMIC_STRANDS,
    Cadence,
    Health,
    ProjectRole,
    ProjectStatus,
    SeriesStatus,
    Standing,
    Strand,
)
from projects.querysets import ProjectQuerySet, SeriesQuerySet
from smartport.guards import dated, keeps_former_address
from smartport.history import tracked


class StrategicGoal(models.Model):
    code = models.CharField(_("code"), max_length=20, unique=True)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    sources = models.ManyToManyField(
        Source, blank=True, related_name="goals", verbose_name=_("sources")
    )

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("strategic goal")
        verbose_name_plural = _("strategic goals")

    def __str__(self) -> str:
        return self.title


class Framework(models.Model):
    """A plan of a public body that the projects serve: metropolitan economic agenda, SRDEII, OIR."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=300)
    short_title = models.CharField(_("short title"), max_length=80, blank=True)
    description = models.TextField(_("description"), blank=True)
    owner = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="frameworks",
        verbose_name=_("owner"),
    )
    period = models.CharField(_("period"), max_length=40, blank=True)
    sources = models.ManyToManyField(
        Source, blank=True, related_name="frameworks", verbose_name=_("sources")
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("framework")
        verbose_name_plural = _("frameworks")

    def __str__(self) -> str:
        return self.short_title or self.title


class ProjectSeries(models.Model):
    code = models.CharField(_("code"), max_length=30, unique=True)
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(_("summary"), blank=True)
    status = models.CharField(
        _("state"), max_length=10, choices=SeriesStatus, default=SeriesStatus.DRAFT
    )
    cadence = models.CharField(
        _("reporting cadence"), max_length=12, choices=Cadence, default=Cadence.QUARTERLY
    )
    report_days = models.PositiveSmallIntegerField(
        _("days to report"),
        default=21,
        help_text=_("Days between the end of a period and its due date."),
    )
    submitted_on = models.DateField(_("submitted on"), null=True, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    sources = models.ManyToManyField(
        Source, blank=True, related_name="series", verbose_name=_("sources")
    )

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ["-approved_on", "code"]
        verbose_name = _("project series")
        verbose_name_plural = _("project series")
        constraints = [
            dated("submitted", "submitted_on", name="series_submitted_has_a_date"),
            dated("approved", "approved_on", name="series_approved_has_a_date"),
            dated("withdrawn", "withdrawn_on", name="series_withdrawn_has_a_date"),
            models.CheckConstraint(
                condition=Q(approved_on__isnull=True) | Q(status__in=["approved", "withdrawn"]),
                name="series_date_of_approval_means_approved",
            ),
        ]
        triggers = [keeps_former_address("projects_seriesredirect", "series_id")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("projects:series_detail", args=[self.slug])

    @property
    def is_demo(self) -> bool:
        return self.code.startswith(DEMO_PREFIX)

    @property
    def is_public(self) -> bool:
        return self.status == SeriesStatus.APPROVED


class Project(models.Model):
    """A project. `health`, `reported_on` and `latest_report` repeat the latest accepted report, for lists."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    series = models.ForeignKey(
        ProjectSeries,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("series"),
    )
    standing = models.CharField(
        _("standing"), max_length=10, choices=Standing, default=Standing.PORTFOLIO
    )
    title = models.CharField(_("title"), max_length=300)
    summary = models.CharField(_("in one sentence"), max_length=500, blank=True)
    description = models.TextField(_("public text"), blank=True)
    lead = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_projects",
        verbose_name=_("lead partner"),
    )
    lead_in_words = models.CharField(
        _("lead, in words"),
        max_length=200,
        blank=True,
        help_text=_("Where it is not one partner of the initiative."),
    )
    partners = models.ManyToManyField(
        Partner,
        through="ProjectPartner",
        related_name="supported_projects",
        verbose_name=_("partners"),
    )
    goals = models.ManyToManyField(
        StrategicGoal, blank=True, related_name="projects", verbose_name=_("strategic goals")
    )
    frameworks = models.ManyToManyField(
        Framework, blank=True, related_name="projects", verbose_name=_("frameworks")
    )
    strand = models.CharField(_("strand"), max_length=10, choices=Strand, default=Strand.PORT)
    status = models.CharField(
        _("state"), max_length=12, choices=ProjectStatus, default=ProjectStatus.PROPOSED
    )
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    status_since = models.DateField(_("in this state since"), null=True, blank=True)
    start_on = models.DateField(_("start"), null=True, blank=True)
    end_on = models.DateField(_("end"), null=True, blank=True)
    dates_note = models.CharField(_("note on the dates"), max_length=200, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    latitude = models.DecimalField(
        _("latitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    total_cost = models.DecimalField(
        _("published total cost"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    note = models.TextField(_("note on the facts"), blank=True)
    health = models.CharField(_("health"), max_length=6, choices=Health, blank=True)
    reported_on = models.DateField(_("last report accepted on"), null=True, blank=True)
    completion_percent = models.PositiveSmallIntegerField(_("completion"), null=True, blank=True)
    latest_report = models.ForeignKey(
        "projects.ProgressReport",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("last accepted report"),
    )
    reporting_muted_reason = models.CharField(
        _("reports not asked for, because"), max_length=300, blank=True
    )
    report_days = models.PositiveSmallIntegerField(
        _("days to report, for this project"),
        null=True,
        blank=True,
        help_text=_("Days between the end of a period and the due date. Empty: as for the series."),
    )
    sources = models.ManyToManyField(
        Source, blank=True, related_name="projects", verbose_name=_("sources")
    )
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-approved_on", "code"]
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        indexes = [
            models.Index(F("approved_on").desc(), F("id").desc(), name="project_newest"),
            models.Index(
                F("reported_on").desc(nulls_last=True),
                F("approved_on").desc(),
                F("code"),
                condition=Q(approved_on__isnull=False),
                name="project_public_reported",
            ),
            models.Index(
                Greatest("approved_on", "reported_on").desc(),
                F("id").desc(),
                condition=Q(approved_on__isnull=False),
                name="project_public_changed",
            ),
            models.Index(fields=["lead", "status"], name="project_lead_status"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["proposed", "cancelled"]) | Q(approved_on__isnull=False),
                name="project_approved_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(status="proposed") | Q(approved_on__isnull=True),
                name="project_proposed_has_no_date",
            ),
            models.CheckConstraint(
                condition=Q(approved_on__isnull=True) | Q(series__isnull=False),
                name="project_approved_within_a_series",
            ),
            models.CheckConstraint(
                condition=Q(standing="portfolio") | Q(approved_on__isnull=True),
                name="project_outside_portfolio_not_approved",
            ),
            models.CheckConstraint(
                condition=Q(start_on__isnull=True)
                | Q(end_on__isnull=True)
                | Q(start_on__lte=F("end_on")),
                name="project_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(total_cost__isnull=True) | Q(total_cost__gte=0),
                name="project_cost_positive",
            ),
            models.CheckConstraint(
                condition=Q(completion_percent__isnull=True) | Q(completion_percent__lte=100),
                name="project_completion_percent",
            ),
            models.CheckConstraint(
                condition=Q(health="", latest_report__isnull=True)
                | (~Q(health="") & Q(latest_report__isnull=False, reported_on__isnull=False)),
                name="project_health_from_a_report",
            ),
        ]
        triggers = [keeps_former_address("projects_slugredirect", "project_id")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("projects:project_detail", args=[self.slug])

    @property
    def is_demo(self) -> bool:
        return self.code.startswith(DEMO_PREFIX)

    @property
    def lead_label(self) -> str:
        """Empty when not published."""
        return self.lead.label if self.lead else self.lead_in_words

    @property
    def is_academic(self) -> bool:
        return self.strand in ACADEMIC_STRANDS

    @property
    def is_public(self) -> bool:
        """Needs `series` loaded."""
        return self.approved_on is not None and self.series is not None and self.series.is_public


@tracked
class ProjectPartner(models.Model):
    project = models.ForeignKey(
        Project, models.CASCADE, related_name="project_partners", verbose_name=_("project")
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="project_partners", verbose_name=_("partner")
    )
    role = models.CharField(
        _("role"), max_length=10, choices=ProjectRole, default=ProjectRole.PARTNER
    )

    class Meta:
        ordering = ["project", "role", "partner__name"]
        verbose_name = _("partner of a project")
        verbose_name_plural = _("partners of projects")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "partner", "role"], name="project_partner_role_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner} ({self.get_role_display()})"


class SlugRedirect(models.Model):
    """A former address of a project, kept by a trigger so that shared links never break."""

    slug = models.SlugField(_("former address"), max_length=120, unique=True)
    project = models.ForeignKey(Project, models.CASCADE, related_name="former_slugs")

    class Meta:
        ordering = ["slug"]
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")

    def __str__(self) -> str:
        return self.slug


class SeriesRedirect(models.Model):
    """A former address of a series."""

    slug = models.SlugField(_("former address"), max_length=120, unique=True)
    series = models.ForeignKey(ProjectSeries, models.CASCADE, related_name="former_slugs")

    class Meta:
        ordering = ["slug"]
        verbose_name = _("former address of a series")
        verbose_name_plural = _("former addresses of series")

    def __str__(self) -> str:
        return self.slug
