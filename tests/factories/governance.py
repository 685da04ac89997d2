"""Committees and meetings as they stand in each state."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from governance.enums import Capacity, CommitteeKind, ItemKind, MeetingStatus
from governance.models import Action, AgendaItem, Committee, Mandate, Meeting, Seat
from tests.factories.partners import PartnerFactory, UserFactory


class CommitteeFactory(DjangoModelFactory):
    class Meta:
        model = Committee

    code = factory.Sequence(lambda n: f"COPIL{n}")
    slug = factory.Sequence(lambda n: f"copil-{n}")
    name_fr = factory.Sequence(lambda n: f"Comité de pilotage {n}")
    name_en = factory.Sequence(lambda n: f"Steering committee {n}")
    kind = CommitteeKind.STEERING


class SeatFactory(DjangoModelFactory):
    class Meta:
        model = Seat

    committee = factory.SubFactory(CommitteeFactory)
    partner = factory.SubFactory(PartnerFactory)
    position = factory.Sequence(lambda n: n)


class MandateFactory(DjangoModelFactory):
    class Meta:
        model = Mandate

    seat = factory.SubFactory(SeatFactory)
    user = factory.SubFactory(UserFactory)
    capacity = Capacity.TITULAR
    start = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=400))


class MeetingFactory(DjangoModelFactory):
    class Meta:
        model = Meeting

    class Params:
        summoned = factory.Trait(
            status=MeetingStatus.SUMMONED, summoned_at=factory.LazyFunction(timezone.now)
        )
        in_session = factory.Trait(
            status=MeetingStatus.IN_SESSION,
            summoned_at=factory.LazyFunction(timezone.now),
            opened_at=factory.LazyFunction(timezone.now),
        )

    code = factory.Sequence(lambda n: f"M-{n}")
    committee = factory.SubFactory(CommitteeFactory)
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=10))
    title_fr = factory.Sequence(lambda n: f"Séance {n}")
    title_en = factory.Sequence(lambda n: f"Meeting {n}")


class AgendaItemFactory(DjangoModelFactory):
    class Meta:
        model = AgendaItem

    meeting = factory.SubFactory(MeetingFactory)
    position = factory.LazyAttribute(lambda item: item.meeting.agenda.count() + 1)
    kind = ItemKind.INFORMATION
    title_fr = factory.Sequence(lambda n: f"Point {n}")
    title_en = factory.Sequence(lambda n: f"Item {n}")


class ActionFactory(DjangoModelFactory):
    class Meta:
        model = Action

    committee = factory.SubFactory(CommitteeFactory)
    title = factory.Sequence(lambda n: f"Action {n}")
    owner = factory.SubFactory(UserFactory)
    due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=7))
