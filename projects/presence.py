"""Who else has a report's form open."""

from typing import TYPE_CHECKING

from django.utils.translation import ngettext

from smartport import presence

if TYPE_CHECKING:
    from partners.models import User


def arrive(report: int, user: "User") -> None:
    presence.arrive(_place(report), user)


def others(report: int, user: "User") -> str:
    """“Ada Colin also has this report open.”, or nothing."""
    names = presence.others(_place(report), user)
    if not names:
        return ""
    return ngettext(
        "%(names)s also has this report open.", "%(names)s also have this report open.", len(names)
    ) % {"names": presence.joined(names)}


def _place(report: int) -> str:
    return f"report:{report}"
