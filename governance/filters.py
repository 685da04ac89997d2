"""Filters of the register of decisions and of the actions, shared by their pages, exports and the API."""

from functools import reduce
from operator import or_

import django_filters
from django import forms
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.enums import TO_DO, ActionStatus, Effect, ItemKind, Outcome
from governance.models import Action, Committee, Decision
from partners.models import Partner
from projects.search import Unaccented, clean
from smartport.forms import SearchInput

MOST_WORDS = 10
WORDS = ("title_fr", "title_en", "text_fr", "text_en", "conditions")


def holding(rows: QuerySet, words: str, fields: tuple[str, ...]) -> QuerySet:
    """Rows that hold every word, as French stems them or as it is typed, without accents.

    `-word` leaves out, quotes keep together.
    """
    vector = SearchVector(
        *(Unaccented(Coalesce(F(name), Value(""))) for name in fields), config="french"
    )
    query = SearchQuery(Unaccented(Value(words)), config="french", search_type="websearch")
    found = Q(words=query)
    if '"' not in words and " -" not in f" {words}":
        typed = Q()
        for word in words.split()[:MOST_WORDS]:
            typed &= reduce(or_, (Q(**{f"{name}__unaccent__icontains": word}) for name in fields))
        found |= typed
    return rows.annotate(words=vector).filter(found)


class CommitteeFilter(django_filters.ModelChoiceFilter):
    def __init__(self) -> None:
        super().__init__(
            queryset=Committee.objects.all(),
            to_field_name="slug",
            label=_("Committee"),
            empty_label=pgettext_lazy("committees", "All"),
        )


class DecisionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        method="search",
        label=_("Search"),
        max_length=200,
        widget=SearchInput({"placeholder": _("Word or number")}),
    )
    committee = CommitteeFilter()
    year = django_filters.NumberFilter(label=_("Year"), min_value=1900, max_value=9999)
    kind = django_filters.ChoiceFilter(
        choices=ItemKind, label=_("Kind"), empty_label=pgettext_lazy("kinds", "All")
    )
    outcome = django_filters.ChoiceFilter(
        choices=Outcome, label=_("Outcome"), empty_label=pgettext_lazy("outcomes", "All")
    )
    effect = django_filters.ChoiceFilter(
        choices=Effect, label=_("Effect"), empty_label=pgettext_lazy("effects", "All")
    )

    class Meta:
        model = Decision
        fields: list[str] = []

    def search(self, queryset: QuerySet[Decision], name: str, value: str) -> QuerySet[Decision]:
        """Words of the title and text in either language, or a number such as `2017-001`."""
        text = clean(value)
        year, _dash, number = text.partition("-")
        if year.isdecimal() and number.isdecimal() and len(text) <= 12:
            return queryset.filter(year=int(year[:4]), number=int(number[:4]))
        return holding(queryset, text, WORDS) if text else queryset


class ActionFilter(django_filters.FilterSet):
    """`status` may be repeated; `late` and `mine` are true or nothing."""

    q = django_filters.CharFilter(
        method="search", label=_("Search"), max_length=200, widget=SearchInput
    )
    committee = CommitteeFilter()
    partner = django_filters.ModelChoiceFilter(
        queryset=Partner.objects.order_by("name"),
        to_field_name="code",
        label=_("Partner"),
        empty_label=pgettext_lazy("partners", "All"),
    )
    status = django_filters.MultipleChoiceFilter(
        choices=ActionStatus, label=_("State"), widget=forms.CheckboxSelectMultiple
    )
    due_before = django_filters.DateFilter(
        "due_on",
        lookup_expr="lte",
        label=_("Due before"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    late = django_filters.BooleanFilter(
        method="narrow_to_late", label=pgettext_lazy("actions", "Late"), widget=forms.CheckboxInput
    )
    mine = django_filters.BooleanFilter(
        method="narrow_to_mine", label=pgettext_lazy("actions", "Mine"), widget=forms.CheckboxInput
    )

    class Meta:
        model = Action
        fields: list[str] = []

    def search(self, queryset: QuerySet[Action], name: str, value: str) -> QuerySet[Action]:
        text = clean(value)
        return holding(queryset, text, ("title", "evidence")) if text else queryset

    def narrow_to_late(self, queryset: QuerySet[Action], name: str, value: bool) -> QuerySet:
        late = queryset.filter(status__in=TO_DO, due_on__lt=timezone.localdate())
        return late if value else queryset

    def narrow_to_mine(self, queryset: QuerySet[Action], name: str, value: bool) -> QuerySet:
        """The person's own, and those of their organisations that nobody is named for."""
        if not value or self.request is None:
            return queryset
        user = self.request.user
        ours = Q(owner=None, partner__in=Partner.objects.of(user).values("pk"))
        return queryset.filter(Q(owner=user) | ours)
