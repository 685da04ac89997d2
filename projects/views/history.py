from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from projects.history import history_of
from projects.models import Project
from projects.permissions import can_see_history

PER_PAGE = 50


@login_required
@require_safe
def project_history(request: HttpRequest, slug: str) -> HttpResponse:
    """Strangers to a public project are told that its history is for its partners."""
    project = get_object_or_404(Project.objects.visible_to(request.user), slug=slug)
    if not can_see_history(request.user, project):
        raise PermissionDenied
    page = Paginator(history_of(project, request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "projects/project_history.html", {"project": project, "page": page})
