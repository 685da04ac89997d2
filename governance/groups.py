"""The members of each committee, as the secretariat writes to them."""

from collections.abc import Iterator
from functools import partial

from django.db.models import QuerySet

from governance.models import Committee, Mandate
from partners.models import User
from smartport.groups import Group, providers


def groups() -> Iterator[Group]:
    for committee in Committee.objects.order_by("kind", "code"):
        yield Group(f"committee:{committee.code}", str(committee), partial(_members, committee))


def _members(committee: Committee) -> QuerySet:
    sitting = Mandate.objects.active().filter(seat__committee=committee)
    return User.objects.active().filter(pk__in=sitting.values("user"))


providers.register("committees", groups)
