import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from partners.enums import MessageState
from partners.models import Message
from smartport import messages


class MessageFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.ChoiceFilter(
        choices=MessageState.choices, label=_("State"), empty_label=_("Every state")
    )
    kind = django_filters.ChoiceFilter(
        choices=lambda: [(kind.name, kind.label) for kind in messages.kinds],
        label=_("Kind"),
        empty_label=_("Every kind"),
    )

    class Meta:
        model = Message
        fields = ("q", "state", "kind")

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By person, address, subject or obligation."""
        return rows.filter(
            Q(recipient__last_name__icontains=value)
            | Q(recipient__first_name__icontains=value)
            | Q(address__icontains=value)
            | Q(subject__icontains=value)
            | Q(obligation=value)
        )
