"""The entries of the header and the footer, in reading order.

An entry names its address (a URL name that must resolve: a missing one is an error, never a silent gap)
and, in the account area, the attribute of the user that opens it.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from smartport.addresses import page_path

SITE_NAME = _("Marseille Fos, the French Smart Port in Med")
SHORT_NAME = _("French Smart Port in Med")


@dataclass(frozen=True)
class Entry:
    """`shown_to` is the name of a boolean attribute of the user; empty means everyone who sees the area."""

    label: str | Promise
    url_name: str
    icon: str = ""
    shown_to: str = ""
    only_in_trial: bool = False


@dataclass(frozen=True)
class Link:
    """An entry ready to show; `current` is "page" on the page itself, "true" on a page below it, else empty."""

    label: str
    url: str
    icon: str
    current: str


PUBLIC = (
    Entry(_("Projects"), "projects:project_list"),
    Entry(pgettext_lazy("several", "Series"), "projects:series_list"),
    Entry(_("Partners"), "projects:partner_list"),
    Entry(_("Decisions"), "governance:decision_list"),
    Entry(_("Figures"), "projects:figures"),
    Entry(_("Open data"), "projects:open_data"),
)
ACCOUNT = (
    Entry(_("My workspace"), "partners:workspace", "home"),
    Entry(_("Review"), "projects:review_list", "check-circle", shown_to="runs_the_cycle"),
    Entry(_("Meetings"), "governance:meeting_list", "calendar", shown_to="runs_the_cycle"),
    Entry(_("Mailbox"), "partners:mailbox", "mail", shown_to="is_staff", only_in_trial=True),
    Entry(_("My account"), "partners:preferences", "settings"),
)
# Pages that no menu has room for: the site map names them.
MORE = (
    Entry(_("Goals and frameworks"), "projects:goal_list"),
    Entry(_("Research and training"), "projects:academic"),
    Entry(_("The story"), "projects:story"),
    Entry(_("Known from public sources"), "projects:outside_portfolio"),
    Entry(_("Funding agreements"), "projects:agreement_list"),
    Entry(_("Committees"), "governance:committee_list"),
    Entry(_("Calendar of the meetings"), "governance:calendar_now"),
    Entry(_("Check a pack"), "governance:verify_pack"),
)
FOOTER = (
    Entry(_("Legal notice"), "smartport:legal"),
    Entry(_("Personal data"), "smartport:personal_data"),
    Entry(_("Site map"), "smartport:site_map"),
)


def links(entries: tuple[Entry, ...], request: HttpRequest, *, trial: bool = False) -> list[Link]:
    user = getattr(request, "user", None)
    return [
        _link(entry, request.path)
        for entry in entries
        if (not entry.shown_to or getattr(user, entry.shown_to))
        and (trial or not entry.only_in_trial)
    ]


def _link(entry: Entry, path: str) -> Link:
    url = page_path(entry.url_name, get_language() or settings.LANGUAGE_CODE)
    current = "page" if path == url else "true" if path.startswith(url) else ""
    return Link(str(entry.label), url, entry.icon, current)
