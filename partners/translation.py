from modeltranslation.translator import TranslationOptions, register

from partners.models import Partner, Source
from smartport.history import tracked


@register(Source)
class SourceTranslation(TranslationOptions):
    fields = ("title",)


@register(Partner)
class PartnerTranslation(TranslationOptions):
    fields = ("name", "short_name", "about", "note")


for model in (Source, Partner):
    tracked(model)
