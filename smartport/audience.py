"""Who is told in the end: what a person may see of what a message is about, and what they asked not to hear of.

An obligation's name is "report:12": what stands before the colon says which app knows of it. Each app's
`messages.py` registers what it knows:

    sights.register("report", lambda person, numbers: ...)    # those of the numbers this person may see
    mutes.register("projects", lambda pairs: ...)             # those of the (person, obligation) pairs that are muted
"""

from collections.abc import Callable, Iterable, Set

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model

from smartport.registry import Registry

Pair = tuple[int, str]
Sight = Callable[[AbstractBaseUser, Set[int]], Set[int]]
Mute = Callable[[Set[Pair]], Set[Pair]]

sights: Registry[Sight] = Registry("sight")
mutes: Registry[Mute] = Registry("mute")


def visible(model: type[Model]) -> Sight:
    """The sight of a model whose rows are loaded through `visible_to`."""

    def sight(person: AbstractBaseUser, numbers: Set[int]) -> set[int]:
        rows = model._default_manager.filter(pk__in=numbers).visible_to(person)  # type: ignore[attr-defined]
        return set(rows.order_by().values_list("pk", flat=True))

    return sight


def split(obligation: str) -> tuple[str, int | None]:
    """ "report:12" as ("report", 12); no number where there is none."""
    prefix, _colon, rest = obligation.partition(":")
    return prefix, int(rest) if rest.isascii() and rest.isdigit() and len(rest) < 19 else None


def may_see(person: AbstractBaseUser, obligation: str) -> bool:
    """Whether the page a message leads to opens for this person; no where nobody knows."""
    prefix, number = split(obligation)
    sight = sights.get(prefix)
    return sight is not None and number is not None and number in sight(person, {number})


def muted(pairs: Iterable[Pair]) -> set[Pair]:
    asked = set(pairs)
    return set().union(*(mute(asked) for mute in mutes)) if asked else set()
