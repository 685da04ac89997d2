"""People the secretariat may write to on account of reports that are late."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Membership, User
from projects.models import ProgressReport
from smartport.groups import Group, providers


def groups() -> Iterator[Group]:
    yield Group("late_managers", _("Managers of late reports"), lambda: _people(_late().managers()))
    yield Group("late_writers", _("Everyone who may write a late report"), lambda: _people(_late()))


def _late() -> QuerySet:
    today = timezone.localdate()
    late = ProgressReport.objects.late_on(today).asked_on(today)
    return Membership.objects.active().filter(partner__in=late.values("project__lead"))


def _people(memberships: QuerySet) -> QuerySet:
    return User.objects.active().filter(pk__in=memberships.values("user"))


providers.register("projects", groups)
