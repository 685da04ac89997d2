"""Why the committee's tools say no."""

from smartport.errors import Refusal


class AgendaClosed(Refusal):
    """The meeting has begun (or is over): its agenda changes only by a late item with its reason."""

    code = "agenda_closed"


class PaperUnusable(Refusal):
    """A PDF that cannot go into a pack: encrypted, damaged, cut or empty."""

    code = "paper_unusable"
    status = 400


class SubjectMissing(Refusal):
    """An item that approves something must name it."""

    code = "subject_missing"
    status = 400


class AlreadyApproved(Refusal):
    """The series or agreement to approve is approved already."""

    code = "already_approved"


class OnAgenda(Refusal):
    """The series, agreement or amendment stands on this agenda for approval already."""

    code = "on_agenda"


class CorrectionRefused(Refusal):
    """The decision was replaced already, is of another committee, or is on an agenda to be corrected."""

    code = "correction_refused"


class EvidenceMissing(Refusal):
    """Done without saying what was done, or sent back without saying what is missing."""

    code = "evidence_missing"
    status = 400


class OwnerMissing(Refusal):
    """An action asked of nobody."""

    code = "owner_missing"
    status = 400


class ItemsUndecided(Refusal):
    """The meeting cannot close while items have no outcome; `context["items"]` lists them."""

    code = "items_undecided"


class ConditionsMissing(Refusal):
    """Approved with conditions, without the conditions."""

    code = "conditions_missing"
    status = 400


class OffTheAgenda(Refusal):
    """Decided without being on the agenda, or on it without a late flag."""

    code = "off_the_agenda"


class MandateExpired(Refusal):
    """The person holds no mandate in this seat on the day of the meeting."""

    code = "mandate_expired"


class MandateOverlaps(Refusal):
    """Another person holds this seat in the same capacity on some of these days."""

    code = "mandate_overlaps"
    status = 400


class NameTaken(Refusal):
    """Another committee has this code, or this name; `context["problems"]` says which, by field."""

    code = "name_taken"
    status = 400


class SeatTaken(Refusal):
    """The partner holds a seat of this committee already."""

    code = "seat_taken"
    status = 400


class DatesRefused(Refusal):
    """The end comes before the start, or what lies within other days runs outside them."""

    code = "dates_refused"
    status = 400


class ProxyRefused(Refusal):
    """The holder is absent, is the giver, or holds as many proxies as the committee allows."""

    code = "proxy_refused"


class RepliesClosed(Refusal):
    """Replies are taken from the summons until the meeting opens."""

    code = "replies_closed"


class VoteRefused(Refusal):
    """The seat may not vote on this item, or its votes do not add up."""

    code = "vote_refused"


class SuggestionGone(Refusal):
    """It is on the agenda already, or what it proposed is settled by now."""

    code = "suggestion_gone"


class MeetingHasDecisions(Refusal):
    """A meeting that decided something cannot be cancelled."""

    code = "meeting_has_decisions"


class MinutesFrozen(Refusal):
    """Approved minutes never change."""

    code = "minutes_frozen"


class MinutesNotReady(Refusal):
    """The meeting is not over, or its decisions have no number yet."""

    code = "minutes_not_ready"


class BuildRefused(Refusal):
    """Something would make the pack wrong; `context["findings"]` lists it."""

    code = "build_refused"


class ReasonMissing(Refusal):
    """A pack after the first version is issued with its reason."""

    code = "reason_missing"
    status = 400


class ProposalsClosed(Refusal):
    """Items are proposed until the day the secretariat set, before the meeting begins."""

    code = "proposals_closed"


class AnswersRunning(Refusal):
    """A written consultation is counted after its last day, or once every voting seat has answered."""

    code = "answers_running"


class DeadlineMissing(Refusal):
    """A written consultation needs a last day for its answers, not past when it is sent."""

    code = "deadline_missing"


class LateReasonMissing(Refusal):
    """The summons went out: what comes on the agenda after it is late, and says why."""

    code = "late_reason_missing"
    status = 400
