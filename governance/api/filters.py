from __future__ import annotations

import django_filters

from governance import filters
from governance.enums import (
    Access,
    BuildStatus,
    Capacity,
    ItemKind,
    MeetingStatus,
    MinutesStatus,
    Outcome,
    ProposalStatus,
    Reply,
    SeatKind,
)
from governance.models import (
    AgendaItem,
    ItemProposal,
    Mandate,
    Meeting,
    Minutes,
    Pack,
    PackBuild,
    Paper,
    Seat,
    Summons,
)
from projects.api.filters import CodeFilter, choices


class MeetingFilter(django_filters.FilterSet):
    committee = CodeFilter("committee")
    status = choices("status", MeetingStatus)
    after = django_filters.IsoDateTimeFilter("starts_at", lookup_expr="gte")
    before = django_filters.IsoDateTimeFilter("starts_at", lookup_expr="lte")

    class Meta:
        model = Meeting
        fields: list[str] = []


class SeatFilter(django_filters.FilterSet):
    committee = CodeFilter("committee")
    partner = CodeFilter("partner")
    kind = choices("kind", SeatKind)

    class Meta:
        model = Seat
        fields: list[str] = []


class MandateFilter(django_filters.FilterSet):
    committee = CodeFilter("seat__committee")
    partner = CodeFilter("seat__partner")
    seat = django_filters.NumberFilter("seat", max_value=2**31 - 1)
    capacity = choices("capacity", Capacity)

    class Meta:
        model = Mandate
        fields: list[str] = []


class PaperFilter(django_filters.FilterSet):
    committee = CodeFilter("committee")
    access = choices("access", Access)

    class Meta:
        model = Paper
        fields: list[str] = []


class ProposalFilter(django_filters.FilterSet):
    meeting = CodeFilter("meeting", slug=False)
    partner = CodeFilter("partner")
    status = choices("status", ProposalStatus)

    class Meta:
        model = ItemProposal
        fields: list[str] = []


class AgendaItemFilter(django_filters.FilterSet):
    meeting = CodeFilter("meeting", slug=False)
    kind = choices("kind", ItemKind)
    outcome = choices("outcome", Outcome)

    class Meta:
        model = AgendaItem
        fields: list[str] = []


class SummonsFilter(django_filters.FilterSet):
    meeting = CodeFilter("meeting", slug=False)
    reply = choices("reply", Reply)

    class Meta:
        model = Summons
        fields: list[str] = []


class MinutesFilter(django_filters.FilterSet):
    meeting = CodeFilter("meeting", slug=False)
    committee = CodeFilter("meeting__committee")
    status = choices("status", MinutesStatus)

    class Meta:
        model = Minutes
        fields: list[str] = []


class PackFilter(django_filters.FilterSet):
    meeting = CodeFilter("meeting", slug=False)
    sha256 = django_filters.CharFilter(max_length=64)

    class Meta:
        model = Pack
        fields: list[str] = []


class BuildFilter(django_filters.FilterSet):
    meeting = CodeFilter("meeting", slug=False)
    status = choices("status", BuildStatus)

    class Meta:
        model = PackBuild
        fields: list[str] = []


class ActionFilter(filters.ActionFilter):
    committee = CodeFilter("committee")
    partner = CodeFilter("partner")
