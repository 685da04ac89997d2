"""The portfolio as open data: the list of approved projects, and the feed of what is new in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Greatest
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from projects.enums import Health, ProjectStatus, Strand
from projects.filters import ProjectFilter, in_order
from projects.models import (
    Framework,
    ProgressReport,
    Project,
    ProjectPartner,
    ProjectSeries,
    StrategicGoal,
)
from smartport.addresses import page_address
from smartport.openness import Column, Dataset, Entry, Feed, Kind, datasets, feeds

LATEST = 50  # entries of the feed


def public_projects(parameters: QueryDict) -> QuerySet:
    """Approved projects under the list's parameters, as an anonymous reader finds them."""
    narrowed = ProjectFilter(parameters, Project.objects.public()).qs
    return in_order(narrowed, parameters.get("sort", ""))


# What the columns read; a hundred thousand rows are told, so that nothing else is loaded.
TOLD = [
    "code", "slug", "title_fr", "title_en", "summary_fr", "summary_en", "approved_on", "status", "strand",
    "lead_in_words", "start_on", "end_on", "place_fr", "place_en", "latitude", "longitude", "total_cost", "health",
    "reported_on", "series__code", "lead__siren", "lead__short_name", "lead__name_fr", "lead__name_en",
    "latest_report__public_summary_fr", "latest_report__public_summary_en",
]  # fmt: skip


def _rows(parameters: QueryDict) -> QuerySet:
    supporting = ProjectPartner.objects.select_related("partner")
    return (
        public_projects(parameters)
        .select_related("series", "lead", "latest_report")
        .only(*TOLD)
        .prefetch_related(
            Prefetch("goals", StrategicGoal.objects.only("code"), to_attr="told_goals"),
            Prefetch("frameworks", Framework.objects.only("code"), to_attr="told_frameworks"),
            Prefetch(
                "project_partners",
                supporting.only("project", "role", "partner__code"),
                to_attr="told_partners",
            ),
            Prefetch("series__decisions", _approvals(), to_attr="told_approvals"),
        )
    )


def _approvals() -> QuerySet:
    """Public decisions that approved a series; they live on the floor above and are reached by the relation."""
    decisions = ProjectSeries._meta.get_field("decisions").related_model.objects
    return decisions.public().approving_series().standing()


def _decision(project: Project) -> Any:
    return next(iter(project.series.told_approvals), None)


def _reference(project: Project) -> str | None:
    decision = _decision(project)
    return decision.reference if decision else None


def _partners(project: Project) -> list[str]:
    return [f"{each.partner.code} ({each.role})" for each in project.told_partners]


def _summary(language: str) -> Callable[[Project], str | None]:
    def told(project: Project) -> str | None:
        report = project.latest_report
        return getattr(report, f"public_summary_{language}") if report else None

    return told


def _of(name: str) -> Callable[[Project], Any]:
    return lambda project: getattr(project, name)


def _page(language: str) -> Callable[[Project], str]:
    return lambda project: page_address("projects:project_detail", language, project.slug)


def _point(project: Project) -> tuple[float, float] | None:
    if project.longitude is None or project.latitude is None:
        return None
    return float(project.longitude), float(project.latitude)


COLUMNS = (
    Column("code", _("Code of the project; stable"), _of("code")),
    Column("title_fr", _("Title in French"), _of("title_fr")),
    Column("title_en", _("Title in English"), _of("title_en")),
    Column("summary_fr", _("The project in one sentence, in French"), _of("summary_fr")),
    Column("summary_en", _("The project in one sentence, in English"), _of("summary_en")),
    Column(
        "series", _("Code of the series it was approved in"), lambda project: project.series.code
    ),
    Column("decision", _("Number of the decision that approved the series"), _reference),
    Column("approved_on", _("Day of the approval"), _of("approved_on"), Kind.DATE),
    Column("status", _("State of the project"), _of("status"), values=ProjectStatus),
    Column("strand", _("Strand of the initiative"), _of("strand"), values=Strand),
    Column("lead", _("Lead partner"), _of("lead_label")),
    Column(
        "lead_siren",
        _("SIREN of the lead partner"),
        lambda project: project.lead.siren if project.lead else None,
    ),
    Column(
        "partners", _("Codes of the supporting partners, with their role"), _partners, Kind.LIST
    ),
    Column(
        "goals",
        _("Codes of the strategic goals"),
        lambda project: [goal.code for goal in project.told_goals],
        Kind.LIST,
    ),
    Column(
        "frameworks",
        _("Codes of the frameworks it serves"),
        lambda project: [framework.code for framework in project.told_frameworks],
        Kind.LIST,
    ),
    Column("start_on", _("First day"), _of("start_on"), Kind.DATE),
    Column("end_on", _("Last day"), _of("end_on"), Kind.DATE),
    Column("place_fr", _("Place, in French"), _of("place_fr")),
    Column("place_en", _("Place, in English"), _of("place_en")),
    Column("latitude", _("Latitude, WGS 84"), _of("latitude"), Kind.NUMBER),
    Column("longitude", _("Longitude, WGS 84"), _of("longitude"), Kind.NUMBER),
    Column("total_cost", _("Published total cost"), _of("total_cost"), Kind.AMOUNT),
    Column("health", _("Health in the last accepted report"), _of("health"), values=Health),
    Column("reported_on", _("Day the last report was accepted"), _of("reported_on"), Kind.DATE),
    Column("public_summary_fr", _("Public summary of that report, in French"), _summary("fr")),
    Column("public_summary_en", _("Public summary of that report, in English"), _summary("en")),
    Column("page_fr", _("Page in French"), _page("fr"), Kind.ADDRESS),
    Column("page_en", _("Page in English"), _page("en"), Kind.ADDRESS),
    Column(
        "demonstration",
        _("Invented for the demonstration, not a fact"),
        _of("is_demo"),
        Kind.YES_NO,
    ),
)

CHANGES_WITH = (
    Project,
    ProjectPartner,
    ProjectSeries,
    Partner,
    StrategicGoal,
    Framework,
    ProgressReport,
    ProjectSeries._meta.get_field("decisions").related_model,
)

datasets.register(
    "projects",
    Dataset(
        title=_("Approved projects"),
        summary=_(
            "The projects the steering committee approved, with the decision, the partners and the météo."
        ),
        columns=COLUMNS,
        rows=_rows,
        changes_with=CHANGES_WITH,
        formats=("csv", "xlsx", "json", "geojson"),
        point=_point,
        keywords=(_("port"), _("logistics"), _("innovation"), "Marseille", "Fos-sur-Mer"),
        page="projects:project_list",
    ),
)


def _entries(parameters: QueryDict) -> Iterator[Entry]:
    """The projects whose public page changed last: approved, or a report accepted."""
    latest = public_projects(parameters).select_related("latest_report")
    newest = latest.annotate(changed_on=Greatest("approved_on", "reported_on"))
    for project in newest.order_by("-changed_on", "-pk")[:LATEST]:
        report = project.latest_report
        summary = (report.public_summary if report else "") or project.summary
        approved = _moment(datetime.combine(project.approved_on, time()))
        accepted = report.reviewed_at if report else approved
        yield Entry(
            identifier=f"projects/{project.code}",
            title=project.title,
            url=page_address("projects:project_detail", _language(), project.slug),
            summary=summary,
            published=approved,
            updated=max(approved, accepted),
        )


def _moment(naive: datetime) -> datetime:
    return timezone.make_aware(naive)


def _language() -> str:
    return get_language() or "fr"


feeds.register(
    "projects",
    Feed(
        title=_("Projects of the Smart Port: what is new"),
        summary=_("Projects newly approved and reports newly accepted."),
        entries=_entries,
        changes_with=CHANGES_WITH,
        page="projects:project_list",
    ),
)
