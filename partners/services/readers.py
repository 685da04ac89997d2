"""Who is told of a notice in the end: what each person wishes and muted, and who stands in for those who are away."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.utils.functional import Promise
from django.utils.translation import gettext, override

from partners.models import Membership, Preference, User
from smartport import audience
from smartport.messages import MessageKind, Notice


@dataclass(frozen=True, slots=True)
class Reader:
    user: User
    why: str | Promise
    instead_of: User | None = None


class Readers:
    """Of some notices of one kind; the same few queries however many there are."""

    def __init__(self, kind: MessageKind, notices: Iterable[Notice], day: date) -> None:
        pairs = {(user.pk, notice.obligation) for notice in notices for user in _recipients(notice)}
        self.kind, self.day = kind, day
        self.wishes: dict[int, Preference] = {}
        self.muted: set[audience.Pair] = set()
        if not kind.optional:
            return
        people = {person for person, _obligation in pairs}
        wishes = Preference.objects.filter(user__in=people).select_related("stand_in")
        self.wishes = {wish.user_id: wish for wish in wishes}
        self.muted = audience.muted(pairs)
        self.organisations = _organisations(
            [wish for wish in self.wishes.values() if wish.stand_in and wish.is_away_on(day)], day
        )

    def of(self, notice: Notice) -> Iterator[Reader]:
        """Those who are to be written to, each once: two absent people may share a stand-in."""
        found: dict[int, Reader] = {}
        for user in self._awake(notice):
            if reader := self._reader(user, notice):
                found.setdefault(reader.user.pk, reader)
        yield from found.values()

    def _awake(self, notice: Notice) -> list[User]:
        """Who did not mute the matter; where it waits to be done and all of them did, someone must still be told."""
        active = [user for user in _recipients(notice) if user.is_active]
        awake = [user for user in active if (user.pk, notice.obligation) not in self.muted]
        return active if not awake and self.kind.still_due else awake

    def _reader(self, user: User, notice: Notice) -> Reader | None:
        wish = self.wishes.get(user.pk)
        if wish is None:
            return Reader(user, notice.why)
        if not wish.wants_now(self.kind.topic):
            return None
        if not wish.is_away_on(self.day):
            return Reader(user, notice.why)
        stand_in = wish.stand_in
        if stand_in is None or not stand_in.is_active or not self._may_stand_in(user, stand_in):
            return None
        if not audience.may_see(stand_in, notice.obligation):
            return None
        return Reader(stand_in, _instead_of(user, stand_in, notice.why), user)

    def _may_stand_in(self, user: User, stand_in: User) -> bool:
        return bool(self.organisations[user.pk] & self.organisations[stand_in.pk])


def _recipients(notice: Notice) -> Sequence[User]:
    return cast("Sequence[User]", notice.recipients)


def _organisations(wishes: Sequence[Preference], day: date) -> dict[int, set[int]]:
    """Where those who are away and their stand-ins belong on that day."""
    found: dict[int, set[int]] = defaultdict(set)
    people = {wish.user_id for wish in wishes} | {wish.stand_in_id for wish in wishes}
    if people:
        active = Membership.objects.active_on(day).filter(user__in=people).order_by()
        for person, partner in active.values_list("user", "partner"):
            found[person].add(partner)
    return found


def _instead_of(absent: User, stand_in: User, why: str | Promise) -> str:
    with override(stand_in.language):
        words = gettext("You stand in for %(person)s, who is away.") % {
            "person": absent.get_full_name()
        }
        return f"{words} {why}".strip()
