"""People the secretariat may write to, whatever they do."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from partners.models import Membership, User
from smartport.groups import Group, providers


def groups() -> Iterator[Group]:
    def of(memberships: QuerySet) -> QuerySet:
        return User.objects.active().filter(pk__in=memberships.values("user"))

    yield Group(
        "members",
        _("Everyone in the partner organisations"),
        lambda: of(Membership.objects.active()),
    )
    yield Group(
        "managers",
        _("Managers of the partner organisations"),
        lambda: of(Membership.objects.active().managers()),
    )
    yield Group("secretariat", _("The secretariat"), User.objects.secretariat)


providers.register("partners", groups)
