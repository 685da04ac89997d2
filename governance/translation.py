from modeltranslation.translator import TranslationOptions, register

from governance.models import (
    AgendaItem,
    Committee,
    Decision,
    Meeting,
    Minutes,
    MinutesExtract,
    StandingItem,
)
from smartport.history import tracked


@register(Committee)
class CommitteeTranslation(TranslationOptions):
    fields = ("name",)


@register(StandingItem)
class StandingItemTranslation(TranslationOptions):
    fields = ("title",)


@register(Meeting)
class MeetingTranslation(TranslationOptions):
    fields = ("title", "place", "note")


@register(AgendaItem)
class AgendaItemTranslation(TranslationOptions):
    fields = ("title", "note", "proposed_decision", "wording")


@register(Decision)
class DecisionTranslation(TranslationOptions):
    fields = ("title", "text", "note")


@register(MinutesExtract)
class MinutesExtractTranslation(TranslationOptions):
    fields = ("text",)


for model in (Committee, StandingItem, Meeting, AgendaItem, Minutes):
    tracked(model)
