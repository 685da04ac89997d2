"""Who can act on what a message is about: asked by the scan, and again just before sending."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from partners.models import Membership, User

Pairs = set[tuple[int, str]]
# Numbers of rows in; out, for each that still waits, its number and an organisation whose people it is for.
Owed = Callable[[set[int]], Iterable[tuple[int, int | None]]]


def people_of(partners: Iterable[int | None], *, managers: bool = False) -> dict[int, list[User]]:
    """Active members by organisation, in one query; managers alone if asked."""
    memberships = Membership.objects.active().filter(partner__in={p for p in partners if p})
    if managers:
        memberships = memberships.managers()
    found: dict[int, list[User]] = {}
    for membership in memberships.select_related("user").order_by("partner", "user"):
        found.setdefault(membership.partner_id, []).append(membership.user)
    return found


def numbers_in(prefix: str, pairs: Pairs) -> dict[str, int]:
    """`report:12` -> 12, for what begins with the prefix."""
    return {
        about: int(about.removeprefix(prefix))
        for _person, about in pairs
        if about.startswith(prefix)
    }


@dataclass(frozen=True)
class StillDue:
    """Keeps the pairs whose row still waits and whose person still answers for it.

    `whose` says who of the organisations may act: all of their people, or their managers; with `secretariat`,
    it too (and it alone without `whose`).
    """

    prefix: str
    owed: Owed
    whose: str = ""
    secretariat: bool = False

    def __call__(self, pairs: Pairs) -> Pairs:
        named = numbers_in(self.prefix, pairs)
        rows: dict[int, set[int]] = defaultdict(set)
        for number, partner in self.owed(set(named.values())):
            rows[number].add(partner or 0)
        able = self._able({person for person, _about in pairs}, set().union(*rows.values()))
        return {
            (person, about)
            for person, about in pairs
            if named.get(about) in rows and able[person] & (rows[named[about]] | {SECRETARIAT})
        }

    def _able(self, people: set[int], partners: set[int]) -> dict[int, set[int]]:
        able: dict[int, set[int]] = defaultdict(set)
        if self.whose:
            acting = Membership.objects.active().filter(user__in=people, partner__in=partners)
            if self.whose == MANAGERS:
                acting = acting.managers()
            for person, partner in acting.order_by().values_list("user", "partner"):
                able[person].add(partner)
        if self.secretariat:
            office = User.objects.secretariat().filter(pk__in=people).order_by()
            for person in office.values_list("pk", flat=True):
                able[person].add(SECRETARIAT)
        return able


PEOPLE, MANAGERS = "people", "managers"
SECRETARIAT = -1  # no organisation has this number
