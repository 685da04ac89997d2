"""A real case of each kind of message, for the secretariat to read its texts: each app's `previews.py` registers them.

examples.register("report", lambda: Notice(...))     # of every kind whose name begins with "report_"
"""

from collections.abc import Callable
from datetime import date, timedelta

from smartport.messages import MessageKind, Notice
from smartport.registry import Registry

FURTHER = (
    timedelta(0),
    timedelta(days=60),
    timedelta(days=400),
)  # days looked at for something to remind of

Example = Callable[[], Notice | None]

examples: Registry[Example] = Registry("example of a message")


def example_of(kind: MessageKind, today: date) -> Notice | None:
    """Its own example, else the first thing it would remind of, else one of its family; None without a real case."""
    if own := examples.get(kind.name):
        return own()
    if kind.find:
        for distance in FURTHER:
            if found := next(iter(kind.find(today + distance)), None):
                return found
    family = examples.get(kind.name.partition("_")[0])
    return family() if family else None
