from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from partners.enums import PartnerKind
from partners.models import Partner, Source
from projects import counting, portfolio, rows, story
from projects.enums import ACADEMIC_STRANDS, Strand
from projects.filters import DEFAULT_SORT
from projects.listed import Listed, listings_of
from projects.models import AgreementParty, Framework, FundingAgreement, Project, StrategicGoal
from smartport.page_cache import public_page


@public_page
@require_safe
def goal_list(request: HttpRequest) -> HttpResponse:
    """The strategic goals and the frameworks that the projects serve."""
    _filterset, counts = counting.under()
    goals = StrategicGoal.objects.order_by("position", "code")
    frameworks = Framework.objects.select_related("owner").order_by("code")
    for name, themes in (("goal", goals), ("framework", frameworks)):
        for theme in themes:
            theme.project_count = counts.facets.get(name, {}).get(theme.slug, 0)
    sources = (
        Source.objects.filter(Q(goals__isnull=False) | Q(frameworks__isnull=False))
        .distinct()
        .order_by("pk")
    )
    context = {"goals": goals, "frameworks": frameworks, "sources": rows.source_links(sources)}
    return render(request, "projects/goal_list.html", context)


@public_page
@require_safe
def goal_detail(request: HttpRequest, slug: str) -> HttpResponse:
    goal = get_object_or_404(StrategicGoal.objects.prefetch_related("sources"), slug=slug)
    return _theme(request, goal, {"goal": goal.slug})


@public_page
@require_safe
def framework_detail(request: HttpRequest, slug: str) -> HttpResponse:
    framework = get_object_or_404(
        Framework.objects.select_related("owner").prefetch_related("sources"), slug=slug
    )
    return _theme(request, framework, {"framework": framework.slug})


def _theme(request: HttpRequest, theme, filters: dict[str, str]) -> HttpResponse:
    filterset, counts = counting.under(**filters)
    page = Listed(filterset, DEFAULT_SORT, counts).get_page(request.GET.get("page"))
    context = {
        "theme": theme,
        "kind": theme._meta.verbose_name,
        "owner": getattr(theme, "owner", None),
        "period": getattr(theme, "period", ""),
        "page": page,
        "rows": page.object_list,
        "health": portfolio.health_line(counts.facets.get("health", {}), **filters),
        "cost": portfolio.listed_cost(listings_of(filterset, counts)),
        "list_url": portfolio.list_url(**filters),
        "sources": rows.source_links(theme.sources.all()),
    }
    return render(request, "projects/theme_detail.html", context)


@public_page
@require_safe
def academic(request: HttpRequest) -> HttpResponse:
    """Research, innovation, foresight and training, and the agreements that public sources report of them."""
    filterset, counts = counting.under(strand=[*ACADEMIC_STRANDS])
    by_strand = counts.facets.get("strand", {})
    strands = [
        {
            "label": strand.label,
            "count": by_strand.get(strand, 0),
            "url": portfolio.list_url(strand=strand.value),
        }
        for strand in Strand
        if strand in ACADEMIC_STRANDS
    ]
    academic_parties = AgreementParty.objects.filter(partner__kind=PartnerKind.UNIVERSITY)
    agreements = _sourced_agreements().filter(pk__in=academic_parties.values("agreement"))
    page = Listed(filterset, DEFAULT_SORT, counts).get_page(request.GET.get("page"))
    sources = dict.fromkeys(
        source for agreement in agreements for source in agreement.sources.all()
    )
    context = {
        "strands": strands,
        "agreements": agreements,
        "page": page,
        "rows": page.object_list,
        "sources": rows.source_links(sources),
    }
    return render(request, "projects/academic.html", context)


def _sourced_agreements() -> QuerySet:
    """Agreements that public sources report, whatever is known of them."""
    return (
        FundingAgreement.objects.public()
        .filter(is_sourced=True)
        .prefetch_related("sources", "parties__partner")
        .order_by("code")
    )


@public_page
@require_safe
def story_page(request: HttpRequest) -> HttpResponse:
    """The initiative's story, entry by entry, from the sourced facts."""
    entries, editions = story.timeline(), story.challenge_editions()
    agreements = list(_sourced_agreements())
    sources = dict.fromkeys(story.sources_of([*entries, *editions]))
    sources |= dict.fromkeys(
        source for agreement in agreements for source in agreement.sources.all()
    )
    context = {
        "entries": story.told(entries, sources, _named_by(entries)),
        "editions": editions,
        "agreements": agreements,
        "sources": rows.source_links(sources),
    }
    return render(request, "projects/story.html", context)


def _named_by(entries: Iterable[story.Entry]) -> dict[str, tuple[str, str]]:
    """Projects and partners that entries name, with the page that tells of them."""
    codes = {code for entry in entries for code in (entry.project, entry.partner) if code}
    apart = reverse("projects:outside_portfolio")
    named = {
        project.code: (project.title, project.get_absolute_url())
        for project in Project.objects.public().filter(code__in=codes)
    }
    for project in Project.objects.outside_portfolio().filter(code__in=codes):
        named[project.code] = (project.title, f"{apart}#{project.slug}")
    for partner in Partner.objects.filter(code__in=codes):
        named[partner.code] = (
            partner.name,
            reverse("projects:partner_detail", args=[partner.slug]),
        )
    return named


@public_page
@require_safe
def outside_portfolio(request: HttpRequest) -> HttpResponse:
    """Projects that public sources describe and that no published decision approves: shown apart."""
    projects = list(
        Project.objects.outside_portfolio()
        .select_related("lead")
        .prefetch_related("sources", "project_partners__partner")
        .order_by("standing", "code")
    )
    sources = dict.fromkeys(source for project in projects for source in project.sources.all())
    context = {
        "documented": [project for project in projects if project.standing == "documented"],
        "related": [project for project in projects if project.standing == "related"],
        "sources": rows.source_links(sources),
    }
    return render(request, "projects/outside_portfolio.html", context)
