from datetime import datetime
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from projects.history import history_of
from projects.models import Project
from projects.permissions import can_see_history


@login_required
@require_safe
def project_history(request: HttpRequest, slug: str) -> HttpResponse:
    """Strangers to a public project are told that its history is for its partners."""
    project = get_object_or_404(Project.objects.visible_to(request.user), slug=slug)
    if not can_see_history(request.user, project):
        raise PermissionDenied
    asked = parse_moment(request.GET.get("until", ""))
    history = history_of(project, request.user, asked)
    context = {
        "project": project,
        "entries": history.entries,
        "previous_url": request.path if asked else "",
        "next_url": history.earlier
        and f"{request.path}?{urlencode({'until': history.earlier.isoformat()})}",
    }
    return render(request, "projects/project_history.html", context)


def parse_moment(text: str) -> datetime | None:
    """A moment as this page writes it into its own addresses; anything else is no moment."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
