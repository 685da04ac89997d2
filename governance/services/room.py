"""The room as it is: who is there, who left, which proxies count; read only."""

from dataclasses import dataclass
from datetime import datetime

from governance.enums import SeatKind
from governance.models import (
    AgendaItem,
    Attendance,
    ConflictOfInterest,
    Mandate,
    Meeting,
    Proxy,
    Seat,
    Summons,
)
from governance.models.quorum import Quorum
from governance.services.meetings import people_to_summon
from governance.services.quorum import quorum_of
from governance.services.voting import Voter, proxies_at, voters_at
from partners.models import User


@dataclass(frozen=True)
class Place:
    """One mandate holder: `stay` is their last one in the room, none when they never came."""

    mandate: Mandate
    stay: Attendance | None
    summons: Summons | None

    @property
    def person(self) -> User:
        return self.mandate.user

    @property
    def is_here(self) -> bool:
        return self.stay is not None and self.stay.left_at is None


@dataclass(frozen=True)
class HeldProxy:
    """`counts` while its holder is in the room and the seat itself is not."""

    proxy: Proxy
    counts: bool


@dataclass(frozen=True)
class Room:
    """`voters` may vote on the item: they are present or represented, without a conflict of interest."""

    places: list[Place]
    proxies: list[HeldProxy]
    voters: list[Voter]
    conflicts: list[ConflictOfInterest]
    quorum: Quorum

    @property
    def present(self) -> list[Place]:
        return [place for place in self.places if place.is_here]

    @property
    def empty_seats(self) -> list[Seat]:
        """Voting seats with nobody in the room and no proxy given."""
        taken = {place.mandate.seat_id for place in self.present}
        taken |= {held.proxy.seat_id for held in self.proxies}
        seats = {place.mandate.seat_id: place.mandate.seat for place in self.places}
        return [
            seat for pk, seat in seats.items() if pk not in taken and seat.kind == SeatKind.VOTING
        ]


def room_of(meeting: Meeting, moment: datetime, item: AgendaItem | None = None) -> Room:
    """At that moment; for an item, without the seats that take no part in it."""
    stays: dict[int, Attendance] = {}
    for stay in meeting.attendances.order_by("arrived_at"):
        stays[stay.user_id] = stay
    replies = {summons.user_id: summons for summons in meeting.summonses.all()}
    voters = voters_at(meeting, moment)
    by_proxy = {voter.seat.pk for voter in voters if voter.by_proxy}
    conflicts = list(item.conflicts.select_related("seat__partner")) if item else []
    away = {conflict.seat_id for conflict in conflicts}
    return Room(
        places=[
            Place(mandate, stays.get(mandate.user_id), replies.get(mandate.user_id))
            for mandate in people_to_summon(meeting)
        ],
        proxies=[
            HeldProxy(proxy, proxy.seat_id in by_proxy) for proxy in proxies_at(meeting, moment)
        ],
        voters=[voter for voter in voters if voter.seat.pk not in away],
        conflicts=conflicts,
        quorum=quorum_of(meeting, moment, conflicts=[one.seat for one in conflicts]),
    )
