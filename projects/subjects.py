"""What anyone may follow of the portfolio by e-mail: a project, or a search of the list."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from projects import facets
from projects.changes import public_changes
from projects.filters import ProjectFilter
from projects.models import Project
from smartport.messages import News
from smartport.subscriptions import LONGEST_VALUE, Subject


def _public(value: str) -> QuerySet:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0
    return Project.objects.public().filter(pk=number)


def _project(value: str) -> str | None:
    return str(int(value)) if _public(value).exists() else None


def _title(value: str) -> str:
    project = _public(value).first()
    return project.title if project else ""


def _page(value: str) -> str:
    project = _public(value).first()
    return project.get_absolute_url() if project else reverse("projects:project_list")


def _changes(value: str, after: datetime, until: datetime) -> Iterator[News]:
    return public_changes(_public(value), after, until)


PROJECT = Subject(_project, _title, _page, _changes)


def _filterset(value: str) -> ProjectFilter:
    filterset = ProjectFilter(QueryDict(value), Project.objects.public())
    filterset.form.is_valid()
    return filterset


def canonical(value: str) -> str | None:
    """The filters of a query string in one order, without what only changes how the list looks."""
    return written(_filterset(value))


def written(filterset: ProjectFilter) -> str | None:
    given = filterset.cleaned
    pairs = [(name, given[name]) for name in sorted(given) if given[name]]
    query = urlencode(pairs, doseq=True)
    return query if len(query) <= LONGEST_VALUE else None


def _words(value: str) -> str:
    chips = facets.chips(_filterset(value), QueryDict(value))
    if not chips:
        return _("All approved projects")
    return _("Projects: %(filters)s") % {"filters": ", ".join(chip["label"] for chip in chips)}


def _list(value: str) -> str:
    return reverse("projects:project_list") + (f"?{value}" if value else "")


def _found(value: str, after: datetime, until: datetime) -> Iterator[News]:
    return public_changes(_filterset(value).qs, after, until)


SEARCH = Subject(canonical, _words, _list, _found)
