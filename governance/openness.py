"""Decisions as open data, the feed of approvals, the calendar of announced meetings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from icalendar import Event

from governance.enums import Effect, ItemKind, Outcome
from governance.filters import DecisionFilter
from governance.models import Committee, Decision, Meeting
from projects.models import Amendment, FundingAgreement, Project, ProjectSeries
from smartport.addresses import page_address
from smartport.openness import (
    Calendar,
    Column,
    Dataset,
    Entry,
    Feed,
    Kind,
    calendars,
    datasets,
    feeds,
)

LATEST = 50  # entries of the feed
USUAL_LENGTH = timedelta(hours=2)  # of a meeting whose end is not announced


def public_decisions(parameters: QueryDict) -> QuerySet:
    """Public decisions under the register's parameters; wrong values narrow nothing, as on its page."""
    public = Decision.objects.public()
    found = DecisionFilter(parameters, queryset=public)
    return (found.qs if found.is_valid() else public).order_by("-decided_on", "-pk")


def _rows(parameters: QueryDict) -> QuerySet:
    public = Decision.objects.public().select_related("committee")
    return (
        public_decisions(parameters)
        .select_related("committee", "meeting")
        .prefetch_related(
            Prefetch("series", ProjectSeries.objects.public()),
            Prefetch("project", Project.objects.public()),
            Prefetch("agreement", FundingAgreement.objects.public()),
            Prefetch("amendment", Amendment.objects.public()),
            Prefetch("corrects", public),
            Prefetch("corrected_by", public),
        )
    )


def _of(name: str) -> Callable[[Decision], Any]:
    return lambda decision: getattr(decision, name)


def _code(name: str) -> Callable[[Decision], str | None]:
    def told(decision: Decision) -> str | None:
        other = getattr(decision, name)
        return other.code if other else None

    return told


def _quorum(name: str) -> Callable[[Decision], Any]:
    return lambda decision: (decision.quorum or {}).get(name)


def _address(decision: Decision, language: str) -> str:
    arguments = (decision.committee.slug, decision.reference)
    return page_address(
        "governance:decision_detail", language, *arguments, examples=("", "0000-00000")
    )


COLUMNS = (
    Column(
        "reference",
        _("Year and number of the decision; stable within its committee"),
        _of("reference"),
    ),
    Column("committee", _("Code of the committee"), _code("committee")),
    Column("decided_on", _("Day of the decision"), _of("decided_on"), Kind.DATE),
    Column("meeting", _("Code of the meeting"), _code("meeting")),
    Column("kind", _("What was on the agenda"), _of("kind"), values=ItemKind),
    Column("outcome", _("What was decided"), _of("outcome"), values=Outcome),
    Column("title_fr", _("Title in French"), _of("title_fr")),
    Column("title_en", _("Title in English"), _of("title_en")),
    Column("text_fr", _("Wording in French"), _of("text_fr")),
    Column("text_en", _("Wording in English"), _of("text_en")),
    Column("conditions", _("Conditions set by the committee"), _of("conditions")),
    Column("effect", _("What it changed in the portfolio"), _of("effect"), values=Effect),
    Column("series", _("Code of the series it is about"), _code("series")),
    Column("project", _("Code of the project it is about"), _code("project")),
    Column("agreement", _("Code of the funding agreement it is about"), _code("agreement")),
    Column(
        "amendment",
        _("Number of the amendment to that agreement it is about"),
        lambda decision: decision.amendment.number if decision.amendment else None,
        Kind.NUMBER,
    ),
    Column("votes_for", _("Votes for"), _of("votes_for"), Kind.NUMBER),
    Column("votes_against", _("Votes against"), _of("votes_against"), Kind.NUMBER),
    Column("votes_abstain", _("Abstentions"), _of("votes_abstain"), Kind.NUMBER),
    Column("quorum_required", _("Seats needed for the quorum"), _quorum("required"), Kind.NUMBER),
    Column("quorum_reached", _("Whether the quorum was reached"), _quorum("reached"), Kind.YES_NO),
    Column(
        "corrects",
        _("Number of the earlier decision it corrects"),
        lambda decision: decision.corrects.reference if decision.corrects else None,
    ),
    Column(
        "corrected_by",
        _("Numbers of the later decisions that correct it"),
        lambda decision: [later.reference for later in decision.corrected_by.all()],
        Kind.LIST,
    ),
    Column("page_fr", _("Page in French"), lambda decision: _address(decision, "fr"), Kind.ADDRESS),
    Column(
        "page_en", _("Page in English"), lambda decision: _address(decision, "en"), Kind.ADDRESS
    ),
    Column(
        "demonstration",
        _("Invented for the demonstration, not a fact"),
        _of("is_demo"),
        Kind.YES_NO,
    ),
)

CHANGES_WITH = (Decision, Meeting, Committee, ProjectSeries, Project, FundingAgreement, Amendment)

datasets.register(
    "decisions",
    Dataset(
        title=_("Decisions of the committees"),
        summary=_("What was decided, when, by which committee, and what it changed."),
        columns=COLUMNS,
        rows=_rows,
        changes_with=CHANGES_WITH,
        keywords=(_("decision"), _("committee"), _("port"), "Marseille"),
        page="governance:decision_list",
    ),
)


def _approvals(parameters: QueryDict) -> Iterator[Entry]:
    found = public_decisions(parameters).approving_series().standing()
    for decision in found.select_related("committee", "meeting")[:LATEST]:
        moment = timezone.make_aware(datetime.combine(decision.decided_on, time()))
        yield Entry(
            identifier=f"decisions/{decision.committee.code}/{decision.reference}",
            title=f"{decision.reference} {decision.title}",
            url=_address(decision, get_language() or settings.LANGUAGE_CODE),
            summary=decision.text,
            published=moment,
            updated=max(moment, decision.recorded_at),
        )


feeds.register(
    "approvals",
    Feed(
        title=_("Approvals of the Smart Port committees"),
        summary=_("Each series of projects a committee approves, with the decision."),
        entries=_approvals,
        changes_with=CHANGES_WITH,
        page="governance:decision_list",
    ),
)


def _events() -> Iterator[Event]:
    """Date and place of announced meetings, and no word of what they are about."""
    for meeting in (
        Meeting.objects.announced().select_related("committee").order_by("starts_at", "pk")
    ):
        event = Event()
        event.add("uid", f"{meeting.code}@{settings.SITE_URL.partition('://')[2]}")
        event.add("sequence", meeting.calendar_sequence)
        event.add("dtstamp", meeting.summoned_at or meeting.starts_at)
        event.add("summary", str(meeting))
        if meeting.time_known:
            event.add("dtstart", meeting.starts_at)
            event.add("dtend", meeting.ends_at or meeting.starts_at + USUAL_LENGTH)
        else:
            event.add("dtstart", meeting.day)
        if meeting.place:
            event.add("location", meeting.place)
        yield event


calendars.register(
    "meetings",
    Calendar(
        title=_("Public meetings of the Smart Port committees"),
        events=_events,
        changes_with=(Meeting, Committee),
    ),
)
