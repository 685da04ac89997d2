"""Following and muting projects, by people who are signed in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from projects.enums import Interest
from projects.models import Following, Project
from projects.services.following import set_interest

PER_PAGE = 50


@require_safe
@login_required
def followed(request: HttpRequest) -> HttpResponse:
    rows = (
        Following.objects.visible_to(request.user)
        .select_related("project__lead")
        .order_by("-since", "-pk")
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "projects/followed.html", {"page": page})


@require_POST
@login_required
def project_interest(request: HttpRequest, slug: str) -> HttpResponse:
    project = get_object_or_404(Project.objects.visible_to(request.user), slug=slug)
    interest = request.POST.get("interest", "")
    if interest not in {"", *Interest.values}:
        interest = ""
    set_interest(actor=request.user, project=project, interest=interest)
    messages.success(request, _said(interest) % {"project": project.title})
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return redirect(back if safe else project)


def _said(interest: str) -> str:
    if interest == Interest.FOLLOW:
        return _("You follow “%(project)s”: your digest tells what changes.")
    if interest == Interest.MUTE:
        return _("“%(project)s” is muted: nothing about it is sent to you any more.")
    return _("Neither followed nor muted: “%(project)s”.")
