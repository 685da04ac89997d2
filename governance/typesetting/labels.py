"""The pack's own words, by name, in the language that is active when they are read."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.enums import (
    ActionStatus,
    Audience,
    Capacity,
    ItemKind,
    MeetingKind,
    MinutesStatus,
    Outcome,
)
from governance.typesetting.snapshot import GUEST
from projects.enums import Health, Level, ProjectStatus

LABELS = {
    "pack": _("Meeting pack"),
    "version": _("version %(version)s"),
    "prepared": _("prepared on %(day)s"),
    "demonstration": _("Demonstration data"),
    "confidential": _("Confidential"),
    "contents": _("Contents"),
    "page": _("page"),
    "page_column": _("Page"),
    "pages": _("pages"),
    "see_page": _("see page"),
    "summons": _("Summons"),
    "sent_on": _("Sent on %(day)s"),
    "summoned": _("Summoned"),
    "quorum": _("Quorum"),
    "day": _("Day"),
    "agenda": _("Agenda"),
    "number": _("No."),
    "item": _("Item"),
    "expected": _("Expected"),
    "rapporteur": _("Rapporteur"),
    "duration": _("Duration"),
    "late": _("Late item"),
    "carried_over": _("Carried over from %(day)s"),
    "minutes": _("Previous minutes"),
    "minutes_of": _("Meeting of %(day)s"),
    "decisions": _("Decisions"),
    "decision": _("Decision"),
    "decisions_draft": _("Decisions, to be completed"),
    "outcome": _("Outcome"),
    "actions": _("Open actions"),
    "no_actions": _("No action is open."),
    "action": _("Action"),
    "owner": _("Owner"),
    "due": _("Due"),
    "state": _("State"),
    "overdue": _("overdue"),
    "changes": _("What changed since the last committee"),
    "since": _("Since the meeting of %(day)s"),
    "no_changes": _("Nothing changed in the accepted reports."),
    "project": _("Project"),
    "change": _("What changed"),
    "before": _("Before"),
    "now": _("Now"),
    "note": _("Note"),
    "proposed_decision": _("Proposed decision"),
    "no_decision": _("No decision is asked for."),
    "no_note": _("No note was given for this item."),
    "projects": _("Project sheets"),
    "funding": _("Funding"),
    "funder": _("Funder"),
    "recipient": _("Recipient"),
    "promised": _("Planned amount"),
    "committed": _("Committed"),
    "called": _("Called"),
    "received": _("Received"),
    "spent": _("Spent"),
    "total": _("Total"),
    "in_kind": _("in kind"),
    "not_published": _("not published"),
    "annex": _("Annex %(number)s"),
    "annexes": _("Annexes"),
    "annex_title": _("Title"),
    "length": _("Length"),
    "file": _("File"),
    "fingerprint": _("SHA-256 fingerprint"),
    "annex_follows": _("The annex follows on the next pages of the full pack."),
    "lead": _("Lead"),
    "partner": _("Partner"),
    "partners": _("Partners"),
    "purpose": _("Purpose"),
    "goals": _("Goals"),
    "frameworks": _("Frameworks"),
    "place": _("Place"),
    "dates": _("Dates"),
    "series": _("Series"),
    "health": _("Health"),
    "trend": _("Trend"),
    "last_report": _("Last accepted report"),
    "no_report": _("No report has been accepted yet."),
    "cause": _("Cause"),
    "achievements": _("Achievements"),
    "next_steps": _("Next steps"),
    "completion": _("Completion"),
    "ask": _("What is asked of the committee"),
    "milestones": _("Milestones"),
    "milestone": _("Milestone"),
    "baseline": _("Planned"),
    "forecast": _("Forecast"),
    "actual": _("Actual"),
    "slip": _("Slip"),
    "slips": _("Why dates moved"),
    "indicators": _("Indicators"),
    "indicator": _("Indicator"),
    "baseline_value": _("Start value"),
    "value": _("Value"),
    "progress": _("Towards the target"),
    "target": _("Target"),
    "on": _("On"),
    "risks": _("Risks"),
    "risk": _("Risk"),
    "likelihood": _("Likelihood"),
    "impact": _("Impact"),
    "response": _("Response"),
    "attendance": _("Attendance sheet"),
    "name": _("Name"),
    "capacity": _("Capacity"),
    "signature": _("Signature"),
    "observer": _("observer, does not vote"),
    "colon": format_lazy("{} ", pgettext_lazy("after a label", ":")),
    "revised": _("Changed since the version before"),
    "revised_short": _("changed"),
    "reason": _("Why this version"),
    "figures": _("In this pack"),
    "overview": _("The projects of this meeting"),
    "parties": _("Parties"),
    "amended": _("What changes"),
    "after_amendment": _("With the amendment"),
    "role": _("Role"),
    "others_present": _("Other people present"),
    "sources_note": _(
        "Figures come from accepted reports and from agreements as recorded on that day."
    ),
}

HEALTHS = dict(Health.choices)

KINDS = dict(ItemKind.choices)

DECIDING = frozenset(
    {
        ItemKind.APPROVE_MINUTES,
        ItemKind.APPROVE_SERIES,
        ItemKind.APPROVE_AGREEMENT,
        ItemKind.APPROVE_AMENDMENT,
    }
)

OUTCOMES = dict(Outcome.choices)

CAPACITIES = {**dict(Capacity.choices), GUEST: pgettext_lazy("one person", "Guest")}

ACTION_STATES = dict(ActionStatus.choices)

MINUTES_STATES = dict(MinutesStatus.choices)

LEVELS = dict(Level.choices)

CHANGES = {
    "health": _("Health"),
    "date": _("Milestone date"),
    "reached": _("Milestone reached"),
    "money": _("Money"),
    "risk_opened": _("New risk"),
    "risk_closed": _("Risk closed"),
}

PROJECT_STATES = dict(ProjectStatus.choices)

AUDIENCES = dict(Audience.choices)

MODES = dict(MeetingKind.choices)
