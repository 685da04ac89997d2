"""What a person owes and what they wait for, gathered from each app's `obligations.py` by name.

A provider is asked for one person and one day; it costs the same number of queries whatever it finds:

    obligations.register("reports", provider)      # provider(user, today) -> Iterable[Obligation]

What is in one person's own name passes to a colleague when they leave an organisation:

    obligations.handovers.register("actions", hand)     # hand(leaver, partner_id, successor) -> how many
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser

from smartport.registry import Registry


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing to do, or one thing awaited when `waits_for` names who has to act.

    `key` is stable ("report:12") and names the same obligation in the messages about it. `title`, `action`
    and the labels are in the language of the moment. `since` is the day it arose: the day from which the
    wait is counted. `state` is the object's state, for its mark. `partner_id` is the organisation that owes it,
    named by `for_whom`.
    """

    key: str
    kind: str
    title: str
    url: str
    action: str
    for_whom: str = ""
    partner_id: int | None = None
    due_on: date | None = None
    since: date | None = None
    waits_for: str = ""
    icon: str = ""
    state: str = ""
    state_label: str = ""
    is_demo: bool = False


Provider = Callable[[AbstractBaseUser, date], Iterable[Obligation]]

Handover = Callable[[AbstractBaseUser, int, AbstractBaseUser], int]

providers: Registry[Provider] = Registry("provider of obligations")
handovers: Registry[Handover] = Registry("handover of obligations")


def register(name: str, provider: Provider) -> Provider:
    return providers.register(name, provider)


@dataclass(frozen=True, slots=True)
class Standing:
    """What one person owes, by due date (no date last), and what they wait for, the longest wait first."""

    owed: list[Obligation] = field(default_factory=list)
    awaited: list[Obligation] = field(default_factory=list)


def standing(user: AbstractBaseUser, today: date) -> Standing:
    found = [obligation for provider in providers for obligation in provider(user, today)]
    owed = [one for one in found if not one.waits_for]
    awaited = [one for one in found if one.waits_for]
    owed.sort(key=lambda one: (one.due_on or date.max, one.key))
    awaited.sort(key=lambda one: (one.since or date.max, one.key))
    return Standing(owed, awaited)
