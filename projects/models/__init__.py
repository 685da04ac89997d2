from projects.models.agreements import (
    AgreementParty,
    Amendment,
    Contribution,
    FundingAgreement,
    Instalment,
)
from projects.models.following import Following
from projects.models.listing import (
    DirtyBlock,
    DirtyWords,
    FacetBlock,
    ProjectListing,
    SearchWord,
    WordBlock,
)
from projects.models.portfolio import (
    Framework,
    Project,
    ProjectPartner,
    ProjectSeries,
    SeriesRedirect,
    SlugRedirect,
    StrategicGoal,
)
from projects.models.progress import (
    Indicator,
    Milestone,
    MilestoneSlip,
    ProjectIndicator,
)
from projects.models.reports import (
    Evidence,
    Expenditure,
    IndicatorValue,
    MilestoneUpdate,
    ProgressReport,
    ReportingPeriod,
    ReportRisk,
)
from projects.models.reviewing import DueDateExtension, ReviewNote, UnmergedDraft

__all__ = [
    "AgreementParty",
    "Amendment",
    "Contribution",
    "DirtyBlock",
    "DirtyWords",
    "DueDateExtension",
    "Evidence",
    "Expenditure",
    "FacetBlock",
    "Following",
    "Framework",
    "FundingAgreement",
    "Indicator",
    "IndicatorValue",
    "Instalment",
    "Milestone",
    "MilestoneSlip",
    "MilestoneUpdate",
    "ProgressReport",
    "Project",
    "ProjectIndicator",
    "ProjectListing",
    "ProjectPartner",
    "ProjectSeries",
    "ReportRisk",
    "ReportingPeriod",
    "ReviewNote",
    "SearchWord",
    "SeriesRedirect",
    "SlugRedirect",
    "StrategicGoal",
    "UnmergedDraft",
    "WordBlock",
]
