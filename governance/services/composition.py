"""Who composes a committee: its rules and default agenda, the seats of partners, the mandates of people."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from governance.errors import DatesRefused, MandateOverlaps, NameTaken, SeatTaken
from governance.models import Committee, Mandate, Seat, StandingItem
from governance.permissions import can_keep_committees
from partners.models import User
from smartport import dates
from smartport.errors import NotAllowed

RULES = (
    "name_fr", "name_en", "kind", "quorum_rule", "quorum_percent", "proxies_count_for_quorum",
    "proxies_per_holder", "notice_days", "notice_count", "minutes_days", "objection_days", "proposal_days",
)  # fmt: skip


def demand_right(actor: User) -> None:
    if not can_keep_committees(actor):
        raise NotAllowed(
            _("Only the secretariat composes the committees."),
            remedy=_("Write to the secretariat to have this changed."),
        )


@transaction.atomic
def create_committee(
    *,
    actor: User,
    code: str,
    agenda: Sequence[dict[str, Any]] | None = None,
    **rules: Any,
) -> Committee:
    """The address of its page is made from its French name. Raises NameTaken."""
    demand_right(actor)
    code, slug = code.strip().upper(), slugify(rules["name_fr"])[:80]
    taken: dict[str, str] = {}
    if Committee.objects.filter(code=code).exists():
        taken["code"] = _("Another committee has this code.")
    if not slug or Committee.objects.filter(slug=slug).exists():
        taken["name_fr"] = _("Another committee has this name.")
    if taken:
        raise NameTaken(" ".join(taken.values()), remedy=_("Choose another."), problems=taken)
    committee = Committee.objects.create(code=code, slug=slug, **rules)
    _set_default_agenda(committee, agenda or [])
    return committee


@transaction.atomic
def change_rules(
    *,
    actor: User,
    committee: Committee,
    agenda: Sequence[dict[str, Any]] | None = None,
    **rules: Any,
) -> Committee:
    """`rules` are any of RULES; meetings held keep the quorum as it was.

    `agenda`, where given, is the whole default agenda in order: each line's `title_fr`, `title_en` and `minutes`.
    """
    demand_right(actor)
    current = Committee.objects.select_for_update().get(pk=committee.pk)
    for name, value in rules.items():
        setattr(current, name, value)
    current.save(update_fields=[*rules])
    if agenda is not None:
        _set_default_agenda(current, agenda)
    return current


def _set_default_agenda(committee: Committee, items: Sequence[dict[str, Any]]) -> None:
    before = committee.standing_items.order_by("position").values("title_fr", "title_en", "minutes")
    if list(before) == list(items):
        return
    committee.standing_items.all().delete()
    for position, item in enumerate(items, start=1):
        StandingItem.objects.create(committee=committee, position=position, **item)


@transaction.atomic
def open_seat(*, actor: User, committee: Committee, **fields: Any) -> Seat:
    """Give a partner a seat, after the others unless `position` says where. Raises SeatTaken, DatesRefused."""
    demand_right(actor)
    Committee.objects.select_for_update().get(pk=committee.pk)
    seat = Seat(committee=committee, **fields)
    _check_seat(seat)
    seat.save()
    return seat


@transaction.atomic
def change_seat(*, actor: User, seat: Seat, **fields: Any) -> Seat:
    """An end closes the mandates still running in the seat on that day. Raises SeatTaken, DatesRefused."""
    demand_right(actor)
    Committee.objects.select_for_update().get(pk=seat.committee_id)
    current = Seat.objects.select_for_update(of=["self"]).get(pk=seat.pk)
    for name, value in fields.items():
        setattr(current, name, value)
    _check_seat(current)
    current.save()
    for mandate in current.mandates.select_for_update(of=["self"]):
        if current.end and mandate.start > current.end:
            raise DatesRefused(
                _("%(person)s's mandate begins on %(day)s, after the end of the seat.")
                % {"person": mandate.user, "day": dates.day(mandate.start)},
                remedy=_("Change that mandate first, or end the seat later."),
                field="end",
            )
        if current.end and (mandate.end is None or mandate.end > current.end):
            mandate.end = current.end
            mandate.save(update_fields=["end"])
    return current


def _check_seat(seat: Seat) -> None:
    _demand_order(seat.start, seat.end)
    others = seat.committee.seats.filter(partner=seat.partner).exclude(pk=seat.pk)
    for other in others:
        if _overlap(seat.start, seat.end, other.start, other.end):
            raise SeatTaken(
                _("%(partner)s holds a seat here already, %(period)s.")
                % {"partner": seat.partner, "period": _written(other.start, other.end)},
                remedy=_("End that seat first, or change it."),
                field="partner",
            )


@transaction.atomic
def open_mandate(*, actor: User, seat: Seat, user: User, **fields: Any) -> Mandate:
    """A person sits, from `start` to `end` (both included; open without end).

    Raises MandateOverlaps, which names who holds the seat in that capacity and when; DatesRefused.
    """
    demand_right(actor)
    seat = Seat.objects.select_for_update(of=["self"]).get(pk=seat.pk)
    mandate = Mandate(seat=seat, user=user, **fields)
    _check_mandate(mandate)
    mandate.save()
    return mandate


@transaction.atomic
def change_mandate(*, actor: User, mandate: Mandate, **fields: Any) -> Mandate:
    """Correct or end it; its history is kept. Raises MandateOverlaps, DatesRefused."""
    demand_right(actor)
    Seat.objects.select_for_update(of=["self"]).get(pk=mandate.seat_id)
    current = Mandate.objects.select_for_update(of=["self"]).get(pk=mandate.pk)
    for name, value in fields.items():
        setattr(current, name, value)
    _check_mandate(current)
    current.save()
    return current


def _check_mandate(mandate: Mandate) -> None:
    _demand_order(mandate.start, mandate.end)
    seat = mandate.seat
    before = seat.start and mandate.start < seat.start
    after = seat.end and (mandate.end is None or mandate.end > seat.end)
    if before or after:
        raise DatesRefused(
            _("The seat itself runs %(period)s.") % {"period": _written(seat.start, seat.end)},
            remedy=_("Keep the mandate within these days."),
            field="start" if before else "end",
        )
    same = seat.mandates.filter(capacity=mandate.capacity).exclude(pk=mandate.pk)
    for other in same.select_related("user"):
        if _overlap(mandate.start, mandate.end, other.start, other.end):
            raise MandateOverlaps(
                _("%(person)s is %(capacity)s in this seat already, %(period)s.")
                % {
                    "person": other.user,
                    "capacity": str(other.get_capacity_display()).lower(),
                    "period": _written(other.start, other.end),
                },
                remedy=_("End that mandate first, or choose other days."),
                field="start",
            )


def _demand_order(start: date | None, end: date | None) -> None:
    if start and end and end < start:
        raise DatesRefused(
            _("The last day comes before the first."), remedy=_("Change one of them."), field="end"
        )


def _overlap(
    start: date | None, end: date | None, other_start: date | None, other_end: date | None
) -> bool:
    return (start or date.min) <= (other_end or date.max) and (other_start or date.min) <= (
        end or date.max
    )


def _written(start: date | None, end: date | None) -> str:
    """“from 1 January 2026 to 3 March 2027”, as far as the days are known."""
    first, last = (dates.day(day) if day else "" for day in (start, end))
    if first and last:
        return _("from %(first)s to %(last)s") % {"first": first, "last": last}
    if first:
        return _("from %(first)s, without end") % {"first": first}
    if last:
        return _("until %(last)s") % {"last": last}
    return _("without dates")
