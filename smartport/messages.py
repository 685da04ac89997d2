"""What people are told: one declaration per kind of message, gathered from each app's `messages.py` by name.

A kind names its topic, its templates (`templates/messages/<name>.subject.txt` and `.txt`, both without
greeting or signature; an optional `.html` replaces the body of the HTML part) and, where it reminds of an
obligation, the ladder of days and the query of what is due and not done:

    messages.register(MessageKind(
        name="report_due", label=_("Report due"), topic=Topic.REPORTS,
        action=_("Write the report"), ladder=(-14, -7, -3, 0),
        find=open_reports_to_remind, still_due=reports_still_open,
    ))

Nothing is sent from here: a scan and the services write rows, `partners.services.delivery` sends them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from smartport.registry import Registry


class Topic(TextChoices):
    """What a person chooses by: immediately, in the digest, or never."""

    REPORTS = "reports", _("Progress reports")
    MEETINGS = "meetings", _("Meetings and packs")
    ACTIONS = "actions", _("Follow-up actions")
    AGREEMENTS = "agreements", _("Agreements and payments")
    PEOPLE = "people", _("People of my organisations")
    SECURITY = "security", _("Security of my account")
    DIGEST = "digest", _("Digest")


@dataclass(frozen=True, slots=True)
class Notice:
    """One obligation as a message tells it: who can act, when it is due, what the templates show.

    `url_name` and `url_args` are the page to act on; the address is made in the reader's language. Where
    `url_args` is a callable, it is asked when the message is really written: for a link made for it alone.
    `why` says, in the reader's language, why this person is told. `address` and `language` are for someone
    who may have no account yet; there are no recipients then.
    """

    obligation: str
    recipients: Sequence[AbstractBaseUser]
    due_on: date | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    url_name: str = ""
    url_args: Sequence[Any] | Callable[[], Sequence[Any]] = ()
    why: str | Promise = ""
    address: str = ""
    language: str = ""


class Stays(Enum):
    """Why nothing that happens between queueing and sending overtakes a message."""

    ASKED_FOR = "its reader has just asked for it"
    HAPPENED = "it tells what was done to the account, and that stays done"
    GATHERED = "it was written for its reader as they stood then, and asks for nothing"


Find = Callable[[date], Iterable[Notice]]
# (recipient id, obligation) pairs in; those for which the message is still due out. 0 is someone without account.
StillDue = Callable[[set[tuple[int, str]]], set[tuple[int, str]]]


@dataclass(frozen=True)
class MessageKind:
    """`ladder` counts days from the due date: -7 is a week before, 3 is three days late.

    Several kinds may remind of one obligation, each for some rungs and some people ("due", "late", "late, to the
    managers"): a person gets the latest rung among them, once. `find(day)` gives, in a stable order and without
    loading all at once, the obligations that are not done and whose ladder may have been reached. `still_due`
    is asked again just before sending: what was done meanwhile, or is no longer this person's to do, is not
    sent. News, which asks for nothing, has `still_theirs` instead: who left meanwhile is not told. A kind that
    has neither says why (`stays`). `secret` texts hold a link that signs in: they are never shown, and forgotten
    once sent.
    """

    name: str
    label: str | Promise
    topic: Topic
    action: str | Promise = ""
    ladder: tuple[int, ...] = ()
    find: Find | None = None
    still_due: StillDue | None = None
    still_theirs: StillDue | None = None
    stays: Stays | None = None
    optional: bool = True
    secret: bool = False

    def step_on(self, due_on: date, day: date) -> int | None:
        """The latest rung reached on that day; none before the first."""
        reached = [rung for rung in self.ladder if (day - due_on).days >= rung]
        return max(reached, default=None)


kinds: Registry[MessageKind] = Registry("kind of message")


def register(kind: MessageKind) -> MessageKind:
    return kinds.register(kind.name, kind)


@dataclass(frozen=True, slots=True)
class News:
    """One change a digest tells: `about` is the project it is grouped under, `title` what happened.

    Who wants nothing of its `topic` is not told. `about_url` is the page where all of them are.
    """

    about: str
    title: str
    at: datetime
    url: str
    is_demo: bool = False
    topic: Topic = Topic.REPORTS
    about_url: str = ""


# (person, after this moment, up to this one): in the language of the moment, newest first.
NewsProvider = Callable[[AbstractBaseUser, datetime, datetime], Iterable[News]]

news_providers: Registry[NewsProvider] = Registry("provider of news")


def register_news(name: str, provider: NewsProvider) -> NewsProvider:
    return news_providers.register(name, provider)
