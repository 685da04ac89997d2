"""States and vocabularies; each state machine is a table `{state: {allowed next states}}`."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SeriesStatus(TextChoices):
    DRAFT = "draft", pgettext_lazy("series", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("series", "Submitted")
    APPROVED = "approved", pgettext_lazy("series", "Approved")
    WITHDRAWN = "withdrawn", pgettext_lazy("series", "Withdrawn")


SERIES_MOVES = {
    SeriesStatus.DRAFT: {SeriesStatus.SUBMITTED, SeriesStatus.WITHDRAWN},
    SeriesStatus.SUBMITTED: {SeriesStatus.DRAFT, SeriesStatus.APPROVED, SeriesStatus.WITHDRAWN},
    SeriesStatus.APPROVED: {SeriesStatus.WITHDRAWN},
    SeriesStatus.WITHDRAWN: frozenset(),
}


class Cadence(TextChoices):
    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Quarterly")
    HALF_YEARLY = "half_yearly", _("Half-yearly")


class Strand(TextChoices):
    PORT = "port", _("Port")
    RESEARCH = "research", _("Research")
    INNOVATION = "innovation", _("Innovation")
    FORESIGHT = "foresight", _("Foresight")
    TRAINING = "training", _("Training")


ACADEMIC_STRANDS = frozenset(
    {Strand.RESEARCH, Strand.INNOVATION, Strand.FORESIGHT, Strand.TRAINING}
)


class Standing(TextChoices):
    """Why a project is in the portal: in the portfolio, or only known from public sources."""

    PORTFOLIO = "portfolio", _("Portfolio")
    DOCUMENTED = "documented", _("Known from public sources; approval not published")
    RELATED = "related", _("Related; membership of the portfolio not established")


class Interest(TextChoices):
    """What a person said of a project: told of it in their digest, or not written to about it."""

    FOLLOW = "follow", _("Followed")
    MUTE = "mute", _("Muted")


class ProjectStatus(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved")
    IN_PROGRESS = "in_progress", _("In progress")
    COMPLETED = "completed", _("Completed")
    SUSPENDED = "suspended", _("Suspended")
    CANCELLED = "cancelled", _("Cancelled")


PROJECT_MOVES = {
    ProjectStatus.PROPOSED: {ProjectStatus.APPROVED, ProjectStatus.CANCELLED},
    ProjectStatus.APPROVED: {
        ProjectStatus.IN_PROGRESS,
        ProjectStatus.COMPLETED,
        ProjectStatus.SUSPENDED,
        ProjectStatus.CANCELLED,
    },
    ProjectStatus.IN_PROGRESS: {
        ProjectStatus.COMPLETED,
        ProjectStatus.SUSPENDED,
        ProjectStatus.CANCELLED,
    },
    ProjectStatus.SUSPENDED: {
        ProjectStatus.IN_PROGRESS,
        ProjectStatus.COMPLETED,
        ProjectStatus.CANCELLED,
    },
    ProjectStatus.COMPLETED: {ProjectStatus.IN_PROGRESS},
    ProjectStatus.CANCELLED: frozenset(),
}
REPORTING_STATUSES = frozenset({ProjectStatus.APPROVED, ProjectStatus.IN_PROGRESS})


class ProjectRole(TextChoices):
    """What a supporting partner does in a project; the lead is on the project itself."""

    PARTNER = "partner", _("Partner")
    FUNDER = "funder", _("Funder")
    OPERATOR = "operator", _("Operator")
    RESEARCH = "research", _("Research partner")
    SITE = "site", _("Host of the site")


class Health(TextChoices):
    """The météo: always shown as icon and word."""

    SUNNY = "sunny", _("Sunny: secured")
    CLOUDY = "cloudy", _("Cloudy: reachable")
    RAINY = "rainy", _("Rainy: needs support")
    STORMY = "stormy", _("Stormy: compromised")


HEALTH_NEEDING_SUPPORT = frozenset({Health.RAINY, Health.STORMY})


class ReportStatus(TextChoices):
    OPEN = "open", _("To be written")
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    SENT_BACK = "sent_back", _("Sent back")
    ACCEPTED = "accepted", _("Accepted")


REPORT_MOVES = {
    ReportStatus.OPEN: {ReportStatus.DRAFT, ReportStatus.SUBMITTED},
    ReportStatus.DRAFT: {ReportStatus.SUBMITTED},
    ReportStatus.SUBMITTED: {ReportStatus.SENT_BACK, ReportStatus.ACCEPTED},
    ReportStatus.SENT_BACK: {ReportStatus.SUBMITTED},
    ReportStatus.ACCEPTED: frozenset(),
}
UNWRITTEN_REPORTS = frozenset({ReportStatus.OPEN, ReportStatus.DRAFT})
EDITABLE_REPORTS = frozenset({ReportStatus.OPEN, ReportStatus.DRAFT, ReportStatus.SENT_BACK})


class ReportSection(TextChoices):
    HEALTH = "health", _("Health")
    ACHIEVEMENTS = "achievements", _("Achievements")
    NEXT_STEPS = "next_steps", _("Next steps")
    MILESTONES = "milestones", _("Milestones")
    INDICATORS = "indicators", _("Indicators")
    RISKS = "risks", _("Risks")
    MONEY = "money", _("Money")
    EVIDENCE = "evidence", _("Evidence")
    PUBLIC_SUMMARY = "public_summary", _("Public summary")
    GENERAL = "general", _("The whole report")


class ReviewAction(TextChoices):
    CONFIRMED = "confirmed", _("Confirmed by a manager")
    SUBMITTED = "submitted", _("Submitted")
    SENT_BACK = "sent_back", _("Sent back")
    ACCEPTED = "accepted", _("Accepted")
    REMARK = "remark", _("Remark")
    CORRECTED = "corrected", _("Correction opened")


class Level(IntegerChoices):
    """Likelihood or impact of a risk."""

    LOW = 1, _("Low")
    MODERATE = 2, _("Moderate")
    HIGH = 3, _("High")
    VERY_HIGH = 4, _("Very high")


class AgreementStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    SIGNING = "signing", _("Being signed")
    IN_FORCE = "in_force", _("In force")
    ENDED = "ended", _("Ended")
    TERMINATED = "terminated", _("Terminated")


AGREEMENT_MOVES = {
    AgreementStatus.DRAFT: {AgreementStatus.APPROVED},
    AgreementStatus.APPROVED: {AgreementStatus.SIGNING, AgreementStatus.TERMINATED},
    AgreementStatus.SIGNING: {AgreementStatus.IN_FORCE, AgreementStatus.TERMINATED},
    AgreementStatus.IN_FORCE: {AgreementStatus.ENDED, AgreementStatus.TERMINATED},
    AgreementStatus.ENDED: frozenset(),
    AgreementStatus.TERMINATED: frozenset(),
}


class PartyRole(TextChoices):
    """`PARTY` is for agreements whose sources name the parties without saying what each one brings."""

    PARTY = "party", _("Party")
    FUNDER = "funder", _("Funder")
    RECIPIENT = "recipient", _("Recipient")
    LEAD = "lead", _("Lead")
    ASSOCIATED = "associated", _("Associated")


class SignatureState(TextChoices):
    NOT_ASKED = "not_asked", _("Not asked yet")
    WAITING = "waiting", _("Waiting")
    SIGNED = "signed", _("Signed")
    DECLINED = "declined", _("Declined")
    DISPUTED = "disputed", _("Sources disagree")


AMENDED_AGREEMENTS = frozenset({AgreementStatus.SIGNING, AgreementStatus.IN_FORCE})


class ContributionKind(TextChoices):
    CASH = "cash", _("Cash")
    IN_KIND = "in_kind", _("In kind")


class InstalmentStatus(TextChoices):
    PROMISED = "promised", _("Promised")
    COMMITTED = "committed", _("Committed")
    CALLED = "called", _("Called")
    RECEIVED = "received", _("Received")


INSTALMENT_MOVES = {
    InstalmentStatus.PROMISED: {InstalmentStatus.COMMITTED},
    InstalmentStatus.COMMITTED: {InstalmentStatus.CALLED},
    InstalmentStatus.CALLED: {InstalmentStatus.RECEIVED},
    InstalmentStatus.RECEIVED: frozenset(),
}
