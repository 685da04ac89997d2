from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from projects import counting, facets, portfolio, rows
from projects.filters import DEFAULT_SORT, SORTS, ProjectFilter
from projects.listed import Listed, listings_of
from projects.models import Project
from projects.places import place_map
from projects.subjects import written
from smartport.money import number
from smartport.openness import datasets
from smartport.page_cache import public_page, remembered

KEPT = ["q", *facets.NAMES, "sort", "view"]
VIEWS = {
    "table": (_("Table"), "table"),
    "cards": (_("Cards"), "cards"),
    "timeline": (_("Timeline"), "calendar"),
    "map": (_("Map"), "map"),
}


@public_page
@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    """The approved projects: searched, narrowed, sorted; the address holds everything."""
    filterset = ProjectFilter(request.GET, Project.objects.none(), request=request)
    counts, choices = remembered(request, "facets", filterset.cleaned, lambda: _counted(filterset))
    if not counts.total and (present := facets.renamed(filterset, request.GET)):
        return redirect(reverse("projects:project_list") + present, permanent=True)
    sort = request.GET.get("sort", "")
    page = Listed(filterset, sort, counts).get_page(request.GET.get("page"))
    view = request.GET.get("view", "")
    context = {
        "choices": choices,
        "facets": [],
        "chips": facets.chips(filterset, request.GET),
        "ways_out": facets.ways_out(filterset, counts, request.GET),
        "unknown": filterset.search.unknown if filterset.search else [],
        "words": filterset.cleaned["q"],
        "page": page,
        "rows": page.object_list,
        "count_text": _count(page.paginator.count),
        "send_text": _shown(page.paginator.count),
        "sorts": _links(
            request.GET, "sort", {name: label for name, (label, _order) in SORTS.items()}, sort
        ),
        "views": _views(request.GET, view),
        "view": view if view in VIEWS else "table",
        "kept_by_search": _kept(request.GET, "q"),
        "kept_by_facets": _kept(request.GET, *facets.NAMES),
        "sentence": _sentence(
            remembered(request, "state", None, counting.healths), page, filterset
        ),
        "files": list(datasets["projects"].formats),
        "query": urlencode(_kept(request.GET, "view")),
        "followed_search": written(filterset),
        "tiles": settings.MAP_TILES_URL,
        "outside": remembered(request, "outside", None, _has_others),
    }
    if view == "map":
        context["map"] = place_map(listings_of(filterset, counts), counts.total)
    elif view == "timeline":
        context["head"], context["spans"] = rows.spans(page.object_list)
    return render(request, "projects/project_list.html", context)


def _has_others() -> bool:
    return Project.objects.outside_portfolio().exists()


def _counted(filterset: ProjectFilter) -> tuple[counting.Counts, SafeString]:
    """The counts, and the panel's values as they are written."""
    counts = counting.count(filterset)
    offered = {"facets": facets.facets(filterset, counts)}
    written = render_to_string("components/facet_choices.html", offered)
    return counts, written if offered["facets"] else SafeString("")


def _sentence(healths: dict[str, int], page: Page, filterset: ProjectFilter) -> SafeString:
    """How the portfolio stands; once it is narrowed, how much of it is found. It follows while one types."""
    found, everything = page.paginator.count, sum(healths.values())
    said: str = portfolio.state_of(healths)
    if found and (filterset.chosen or filterset.cleaned["q"]):
        said = ngettext(
            "%(found)s of the %(all)s approved projects is found.",
            "%(found)s of the %(all)s approved projects are found.",
            found,
        ) % {"found": number(found), "all": number(everything)}
    return format_html('<span id="found" data-live>{}</span>', said)


def _shown(count: int) -> str:
    if not count:
        return ""
    said = ngettext("Show %(count)s project", "Show %(count)s projects", count)
    return said % {"count": number(count)}


def _count(count: int) -> str:
    return ngettext("%(count)s project", "%(count)s projects", count) % {"count": number(count)}


def _kept(params: QueryDict, *left_out: str) -> list[tuple[str, str]]:
    """What a form sends along so that it changes nothing else; the page number is not kept."""
    names = [name for name in KEPT if name not in left_out]
    return [(name, value) for name in names for value in params.getlist(name)[:30] if value]


def _links(params: QueryDict, name: str, labels: dict, current: str) -> list[dict]:
    default = DEFAULT_SORT if current not in labels else current
    return [
        {"label": label, "url": _with(params, name, value), "current": value == default}
        for value, label in labels.items()
    ]


def _views(params: QueryDict, current: str) -> list[dict]:
    shown = current if current in VIEWS else "table"
    return [
        {
            "label": label,
            "icon": icon,
            "url": _with(params, "view", value),
            "current": value == shown,
        }
        for value, (label, icon) in VIEWS.items()
    ]


def _with(params: QueryDict, name: str, value: str) -> str:
    changed = params.copy()
    changed.pop("page", None)
    changed[name] = value
    return f"?{changed.urlencode()}"
