from projects.models.agreements import (
    AgreementParty,
    Amendment,
    Contribution,
    FundingAgreement,
    Instalment,
)
from projects.models.following import Following
from projects.models.portfolio import (
    Framework,
    Project,
    ProjectPartner,
    ProjectSeries,
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
    DueDateExtension,
    Evidence,
    Expenditure,
    IndicatorValue,
    MilestoneUpdate,
    ProgressReport,
    ReportingPeriod,
    ReportRisk,
    ReviewNote,
    UnmergedDraft,
)

__all__ = [
    "AgreementParty",
    "Amendment",
    "Contribution",
    "DueDateExtension",
    "Evidence",
    "Expenditure",
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
    "ProjectPartner",
    "ProjectSeries",
    "ReportRisk",
    "ReportingPeriod",
    "ReviewNote",
    "SlugRedirect",
    "StrategicGoal",
    "UnmergedDraft",
]
