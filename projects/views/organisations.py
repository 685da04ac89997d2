from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from partners.enums import PartnerRole
from partners.models import Partner
from projects import counting, portfolio, rows, story
from projects.filters import DEFAULT_SORT
from projects.listed import Listed
from projects.models import AgreementParty, Contribution, FundingAgreement
from projects.views.moving import moved
from smartport.page_cache import public_page

ROWS = 20
GROUPS = {
    PartnerRole.FOUNDER: _("Founders"),
    PartnerRole.MEMBER: _("Members of the committee"),
    PartnerRole.ASSOCIATED: _("Associated partners"),
}


@public_page
@require_safe
def partner_list(request: HttpRequest) -> HttpResponse:
    """The organisations by their role in the initiative, each with its approved projects."""
    partners = Partner.objects.visible_to(request.user).order_by("name", "pk")
    page = Paginator(partners, 60).get_page(request.GET.get("page"))
    _filterset, counts = counting.under()
    carried = counts.facets.get("partner", {})
    for partner in page.object_list:
        partner.project_count = carried.get(partner.slug, 0)
    groups = [
        (role, [partner for partner in page.object_list if partner.role == role])
        for role in PartnerRole
    ]
    context = {"page": page, "groups": [(GROUPS[role], group) for role, group in groups if group]}
    return render(request, "projects/partner_list.html", context)


@public_page
@require_safe
def partner_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """An organisation: its names, what it leads and supports, what it gives and receives."""
    visible = Partner.objects.visible_to(request.user)
    partner = visible.prefetch_related("former_names", "sources").filter(slug=slug).first()
    if partner is None:
        return moved(visible, slug, "projects:partner_detail")
    filterset, counts = counting.under(partner=partner.slug)
    page = Listed(filterset, DEFAULT_SORT, counts).get_page(request.GET.get("page"))
    context = {
        "partner": partner,
        "page": page,
        "rows": page.object_list,
        "given": _contributions(request, funder=partner),
        "received": _contributions(request, recipient=partner),
        "list_url": portfolio.list_url(partner=partner.slug),
        "parties": _parties(request, partner),
        "frameworks": partner.frameworks.order_by("code"),
        "entries": story.told(
            [entry for entry in story.timeline() if entry.partner == partner.code], [], {}
        ),
        "sources": rows.source_links(partner.sources.all()),
    }
    return render(request, "projects/partner_detail.html", context)


def _parties(request: HttpRequest, partner: Partner) -> QuerySet:
    """Where it is a party to an agreement itself; amendments are read on the agreement's page."""
    visible = FundingAgreement.objects.visible_to(request.user)
    return (
        AgreementParty.objects.filter(partner=partner, amendment=None, agreement__in=visible)
        .select_related("agreement")
        .order_by("agreement__code")[:ROWS]
    )


def _contributions(request: HttpRequest, **side: Partner) -> portfolio.Total:
    contributions: QuerySet = Contribution.objects.visible_to(request.user).filter(**side)
    return portfolio.contribution_total(contributions)
