"""What is due and not done of people's accounts and organisations: found for the ladders of `partners.messages`,
and asked again just before sending."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.utils import timezone

from partners.models import Invitation, Membership
from partners.services.acting import PEOPLE, Pairs, StillDue, numbers_in
from partners.services.people import invitation_notice
from smartport.messages import Notice

LAST_DAYS = timedelta(days=4)


def invitations_ending(day: date) -> Iterator[Notice]:
    ending = (
        Invitation.objects.open()
        .filter(expires_at__date__gte=day, expires_at__date__lte=day + LAST_DAYS)
        .select_related("partner", "invited_by")
        .order_by("expires_at", "pk")
    )
    for invitation in ending.iterator(500):
        yield invitation_notice(invitation)


def invitation_still_open(pairs: Pairs) -> Pairs:
    named = numbers_in("invitation:", pairs)
    usable = Invitation.objects.open().filter(pk__in=named.values(), expires_at__gt=timezone.now())
    still = set(usable.order_by().values_list("pk", flat=True))
    return {pair for pair in pairs if named.get(pair[1]) in still}


def _organisations(numbers: set[int]) -> Iterable[tuple[int, int]]:
    return Membership.objects.filter(pk__in=numbers).order_by().values_list("pk", "partner")


successor_still_there = StillDue("membership:", _organisations, PEOPLE)
