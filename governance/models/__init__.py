from governance.models.committees import Committee, Mandate, Seat
from governance.models.decisions import Action, Decision, Minutes, MinutesRemark, MinutesRevision
from governance.models.meetings import (
    AgendaItem,
    Attendance,
    ConflictOfInterest,
    Meeting,
    Proxy,
    Summons,
    Vote,
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

__all__ = [
    "Action",
    "AgendaItem",
    "AgendaPaper",
    "Attendance",
    "Committee",
    "ConflictOfInterest",
    "Decision",
    "Mandate",
    "Meeting",
    "Minutes",
    "MinutesRemark",
    "MinutesRevision",
    "Pack",
    "PackBuild",
    "PackEntry",
    "PackNote",
    "PackReading",
    "Paper",
    "PaperRevision",
    "Proxy",
    "Seat",
    "Summons",
    "Vote",
]
