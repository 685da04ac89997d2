from governance.models.actions import Action, ActionFile
from governance.models.agenda import AgendaItem, ConflictOfInterest, Vote
from governance.models.attendance import Attendance, Proxy, Summons
from governance.models.committees import Committee, Mandate, Seat, StandingItem
from governance.models.decisions import ApprovedSeries, Decision
from governance.models.drafts import OutcomeDraft
from governance.models.meetings import Meeting
from governance.models.minutes import (
    Minutes,
    MinutesDraft,
    MinutesExtract,
    MinutesRemark,
    MinutesRevision,
)
from governance.models.packs import (
    AgendaPaper,
    Pack,
    PackBuild,
    PackEntry,
    PackNote,
    PackReading,
    Paper,
    PaperRevision,
)
from governance.models.proposals import ItemProposal

__all__ = [
    "Action",
    "ActionFile",
    "AgendaItem",
    "AgendaPaper",
    "ApprovedSeries",
    "Attendance",
    "Committee",
    "ConflictOfInterest",
    "Decision",
    "ItemProposal",
    "Mandate",
    "Meeting",
    "Minutes",
    "MinutesDraft",
    "MinutesExtract",
    "MinutesRemark",
    "MinutesRevision",
    "OutcomeDraft",
    "Pack",
    "PackBuild",
    "PackEntry",
    "PackNote",
    "PackReading",
    "Paper",
    "PaperRevision",
    "Proxy",
    "Seat",
    "StandingItem",
    "Summons",
    "Vote",
]
