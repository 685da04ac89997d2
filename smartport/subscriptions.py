"""What anyone may follow by e-mail without an account: each app's `messages.py` registers its subjects.

    subjects.register("project", Subject(...))

Only what the public sees goes through these, whoever asks.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from smartport.messages import News
from smartport.registry import Registry

LONGEST_VALUE = 400


@dataclass(frozen=True)
class Subject:
    """`clean` gives a value in its one form, None where nothing public answers to it.

    `label` names it in the language of the moment, empty once it is no longer public; `page` is where it is read.
    """

    clean: Callable[[str], str | None]
    label: Callable[[str], str]
    page: Callable[[str], str]
    changes: Callable[[str, datetime, datetime], Iterable[News]]


subjects: Registry[Subject] = Registry("subject to follow")


def cleaned(name: str, value: str) -> str | None:
    subject = subjects.get(name)
    if subject is None or len(value) > LONGEST_VALUE or "\x00" in value:
        return None
    return subject.clean(value)
