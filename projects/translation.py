from modeltranslation.translator import TranslationOptions, register

from projects.models import (
    Amendment,
    Framework,
    FundingAgreement,
    Indicator,
    Milestone,
    ProgressReport,
    Project,
    ProjectIndicator,
    ProjectSeries,
    StrategicGoal,
)
from smartport.history import tracked


@register(StrategicGoal)
class GoalTranslation(TranslationOptions):
    fields = ("title", "description")


@register(Framework)
class FrameworkTranslation(TranslationOptions):
    fields = ("title", "short_title", "description")


@register(ProjectSeries)
class SeriesTranslation(TranslationOptions):
    fields = ("title", "summary")


@register(Project)
class ProjectTranslation(TranslationOptions):
    fields = ("title", "summary", "description", "dates_note", "place", "note")


@register(Milestone)
class MilestoneTranslation(TranslationOptions):
    fields = ("title",)


@register(Indicator)
class IndicatorTranslation(TranslationOptions):
    fields = ("title", "unit")


@register(ProgressReport)
class ReportTranslation(TranslationOptions):
    fields = ("public_summary",)


@register(FundingAgreement)
class AgreementTranslation(TranslationOptions):
    fields = ("title", "summary", "note")


@register(Amendment)
class AmendmentTranslation(TranslationOptions):
    fields = ("title",)


for model in (
    StrategicGoal,
    Framework,
    ProjectSeries,
    Project,
    Milestone,
    Indicator,
    ProjectIndicator,
    ProgressReport,
    FundingAgreement,
    Amendment,
):
    tracked(model)
