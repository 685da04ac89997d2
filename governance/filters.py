"""Filters of the register of decisions, shared by its page, its export and the API."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.enums import ItemKind, Outcome
from governance.models import Committee, Decision


class DecisionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"), max_length=200)
    committee = django_filters.ModelChoiceFilter(
        queryset=Committee.objects.all(),
        to_field_name="slug",
        label=_("Committee"),
        empty_label=pgettext_lazy("committees", "All"),
    )
    year = django_filters.NumberFilter(label=_("Year"), min_value=1900, max_value=9999)
    kind = django_filters.ChoiceFilter(
        choices=ItemKind, label=_("Kind"), empty_label=pgettext_lazy("kinds", "All")
    )
    outcome = django_filters.ChoiceFilter(
        choices=Outcome, label=_("Outcome"), empty_label=pgettext_lazy("outcomes", "All")
    )

    class Meta:
        model = Decision
        fields: list[str] = []

    def search(self, queryset: QuerySet[Decision], name: str, value: str) -> QuerySet[Decision]:
        """Words of the title and text in either language, or a number such as `2017-001`."""
        text = value.replace("\x00", "").strip()
        year, _dash, number = text.partition("-")
        if year.isdecimal() and number.isdecimal() and len(text) <= 12:
            return queryset.filter(year=int(year[:4]), number=int(number[:4]))
        for word in text.split()[:10]:
            queryset = queryset.filter(
                Q(title_fr__unaccent__icontains=word)
                | Q(title_en__unaccent__icontains=word)
                | Q(text_fr__unaccent__icontains=word)
                | Q(text_en__unaccent__icontains=word)
            )
        return queryset
