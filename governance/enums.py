"""States and vocabularies; each state machine is a table `{state: {allowed next states}}`."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CommitteeKind(TextChoices):
    STEERING = "steering", _("Steering committee")
    TECHNICAL = "technical", _("Technical committee")


class QuorumRule(TextChoices):
    NONE = "none", _("No quorum")
    SHARE = "share", _("Share of the voting seats")
    BY_COLLEGE = "by_college", _("Share of each college")


class DayCount(TextChoices):
    """How notice days are counted: jours calendaires, ouvrés (Monday to Friday), francs."""

    CALENDAR = "calendar", _("Calendar days")
    WORKING = "working", _("Working days")
    CLEAR = "clear", _("Clear days")


class SeatKind(TextChoices):
    VOTING = "voting", _("Voting")
    OBSERVER = "observer", _("Observer")


class Capacity(TextChoices):
    TITULAR = "titular", _("Titular")
    ALTERNATE = "alternate", _("Alternate")
    CHAIR = "chair", _("Chair")
    SECRETARY = "secretary", _("Secretary")


class MeetingKind(TextChoices):
    ORDINARY = "ordinary", _("Ordinary")
    EXTRAORDINARY = "extraordinary", _("Extraordinary")
    WRITTEN = "written", _("Written consultation")


class MeetingStatus(TextChoices):
    DRAFT = "draft", _("In preparation")
    SUMMONED = "summoned", _("Summoned")
    IN_SESSION = "in_session", _("In session")
    HELD = "held", _("Held")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


MEETING_MOVES = {
    MeetingStatus.DRAFT: {
        MeetingStatus.SUMMONED,
        MeetingStatus.IN_SESSION,
        MeetingStatus.CANCELLED,
    },
    MeetingStatus.SUMMONED: {
        MeetingStatus.IN_SESSION,
        MeetingStatus.HELD,  # a written consultation, once its answers are counted
        MeetingStatus.CANCELLED,
    },
    MeetingStatus.IN_SESSION: {MeetingStatus.HELD},
    MeetingStatus.HELD: {MeetingStatus.CLOSED},
    MeetingStatus.CLOSED: frozenset(),
    MeetingStatus.CANCELLED: frozenset(),
}
OPEN_AGENDA = frozenset({MeetingStatus.DRAFT, MeetingStatus.SUMMONED})
# Outcomes are written down during the meeting or just after it.
TAKING_OUTCOMES = frozenset({MeetingStatus.IN_SESSION, MeetingStatus.HELD})


class ProposalStatus(TextChoices):
    """Of an item a partner proposes for the agenda."""

    WAITING = "waiting", _("Waiting for the secretariat")
    ACCEPTED = "accepted", pgettext_lazy("an item", "On the agenda")
    DECLINED = "declined", pgettext_lazy("a proposal", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("a proposal", "Withdrawn")


PROPOSAL_MOVES = {
    ProposalStatus.WAITING: {
        ProposalStatus.ACCEPTED,
        ProposalStatus.DECLINED,
        ProposalStatus.WITHDRAWN,
    },
    ProposalStatus.ACCEPTED: frozenset(),
    ProposalStatus.DECLINED: frozenset(),
    ProposalStatus.WITHDRAWN: frozenset(),
}


class ItemKind(TextChoices):
    APPROVE_MINUTES = "approve_minutes", _("Approval of minutes")
    APPROVE_SERIES = "approve_series", _("Approval of a series")
    APPROVE_AGREEMENT = "approve_agreement", _("Approval of an agreement")
    APPROVE_AMENDMENT = "approve_amendment", _("Approval of an amendment")
    PROGRESS = "progress", _("Progress")
    INFORMATION = "information", _("Information")
    OTHER = "other", _("Other")


class Effect(TextChoices):
    """What a decision does to the portfolio when it takes effect."""

    NONE = "none", _("No effect on the portfolio")
    APPROVE_MINUTES = "approve_minutes", _("Minutes approved")
    APPROVE_SERIES = "approve_series", _("Series and its projects approved")
    APPROVE_AGREEMENT = "approve_agreement", _("Agreement approved and opened for signature")
    APPROVE_AMENDMENT = "approve_amendment", _("Amendment approved and opened for signature")
    SUSPEND_PROJECT = "suspend_project", _("Project suspended")
    RESUME_PROJECT = "resume_project", _("Project resumed")
    COMPLETE_PROJECT = "complete_project", _("Project completed")
    CANCEL_PROJECT = "cancel_project", _("Project cancelled")
    REBASELINE_PROJECT = "rebaseline_project", _("Milestones of the project re-baselined")
    WITHDRAW = "withdraw", _("An earlier decision withdrawn, with what it changed")


class Outcome(TextChoices):
    APPROVED = "approved", _("Approved")
    APPROVED_WITH_CONDITIONS = "approved_with_conditions", _("Approved with conditions")
    REJECTED = "rejected", _("Rejected")
    POSTPONED = "postponed", _("Postponed")
    NOTED = "noted", _("Noted")


ACTING_OUTCOMES = frozenset({Outcome.APPROVED, Outcome.APPROVED_WITH_CONDITIONS})


class VoteMode(TextChoices):
    NONE = "none", _("No vote")
    SHOW_OF_HANDS = "show_of_hands", _("Show of hands")
    ROLL_CALL = "roll_call", _("Roll call")


class VoteChoice(TextChoices):
    FOR = "for", _("For")
    AGAINST = "against", _("Against")
    ABSTAIN = "abstain", _("Abstention")
    CONFLICT = "conflict", _("Not taking part (conflict of interest)")


class Access(TextChoices):
    """Who may read a paper."""

    COMMITTEE = "committee", _("Members of the committee")
    CONFIDENTIAL = "confidential", _("Confidential: members only, never in an extract")
    PUBLIC = "public", _("Public after the meeting")


class Audience(TextChoices):
    FULL = "full", _("Full")
    NO_CONFIDENTIAL = "no_confidential", _("Without confidential items")
    PUBLIC = "public", _("Public extract")


class PackLanguage(TextChoices):
    FR = "fr", _("French")
    EN = "en", _("English")
    BOTH = "both", _("French and English")


class PackStatus(TextChoices):
    BUILT = "built", _("Built, not issued")
    ISSUED = "issued", _("Issued")


class BuildStatus(TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Being built")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


BUILD_MOVES = {
    BuildStatus.QUEUED: {BuildStatus.RUNNING, BuildStatus.CANCELLED},
    BuildStatus.RUNNING: {
        BuildStatus.QUEUED,
        BuildStatus.DONE,
        BuildStatus.FAILED,
        BuildStatus.CANCELLED,
    },
    BuildStatus.DONE: frozenset(),
    BuildStatus.FAILED: {BuildStatus.QUEUED},
    BuildStatus.CANCELLED: frozenset(),
}


class Reply(TextChoices):
    NONE = "none", _("No reply yet")
    YES = "yes", _("Will attend")
    NO = "no", _("Excused")
    ALTERNATE = "alternate", _("Sends an alternate")
    PROXY = "proxy", _("Gives a proxy")


class MinutesStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    CIRCULATED = "circulated", _("Circulated")
    APPROVED = "approved", _("Approved")


MINUTES_MOVES = {
    MinutesStatus.DRAFT: {MinutesStatus.CIRCULATED},
    MinutesStatus.CIRCULATED: {MinutesStatus.DRAFT, MinutesStatus.APPROVED},
    MinutesStatus.APPROVED: frozenset(),
}


class ActionStatus(TextChoices):
    PLANNED = "planned", _("Opens when the meeting closes")
    OPEN = "open", _("To do")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", _("Done, to be verified")
    VERIFIED = "verified", _("Verified")


ACTION_MOVES = {
    ActionStatus.PLANNED: {ActionStatus.OPEN},
    ActionStatus.OPEN: {ActionStatus.IN_PROGRESS, ActionStatus.DONE},
    ActionStatus.IN_PROGRESS: {ActionStatus.OPEN, ActionStatus.DONE},
    ActionStatus.DONE: {ActionStatus.IN_PROGRESS, ActionStatus.VERIFIED},
    ActionStatus.VERIFIED: frozenset(),
}
TO_DO = frozenset({ActionStatus.OPEN, ActionStatus.IN_PROGRESS})
