"""Committees and meetings as they stand in each state."""

from datetime import UTC, datetime, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from governance.enums import Capacity, CommitteeKind, Effect, ItemKind, MeetingStatus, Outcome
from governance.models import Action, AgendaItem, Committee, Decision, Mandate, Meeting, Seat
from tests.factories.partners import PartnerFactory, UserFactory


class CommitteeFactory(DjangoModelFactory):
    class Meta:
        model = Committee
        django_get_or_create = ("code",)

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


class ApprovalFactory(DjangoModelFactory):
    """The decision that an approved series owes its state to; all of one meeting of a committee of their own."""

    class Meta:
        model = Decision

    committee = factory.SubFactory(
        CommitteeFactory,
        code="ZZ-APPROVALS",
        slug="zz-approvals",
        name_fr="Comité des approbations",
        name_en="Committee of approvals",
        kind=CommitteeKind.TECHNICAL,
    )
    meeting = factory.LazyAttribute(lambda decision: meeting_of_approvals(decision.committee))
    number = factory.LazyAttribute(lambda decision: decision.committee.decisions.count() + 1)
    item = factory.SubFactory(
        AgendaItemFactory,
        meeting=factory.SelfAttribute("..meeting"),
        kind=ItemKind.APPROVE_SERIES,
        effect=Effect.APPROVE_SERIES,
        series=factory.SelfAttribute("..series"),
        outcome=Outcome.APPROVED,
        taken_at=factory.SelfAttribute("..meeting.starts_at"),
    )
    year = factory.SelfAttribute("decided_on.year")
    decided_on = factory.SelfAttribute("series.approved_on")
    kind = ItemKind.APPROVE_SERIES
    effect = Effect.APPROVE_SERIES
    outcome = Outcome.APPROVED
    title_fr = factory.LazyAttribute(lambda decision: f"Approbation : {decision.series.title_fr}")
    title_en = factory.LazyAttribute(lambda decision: f"Approval: {decision.series.title_en}")
    text_fr = "Le comité approuve la série."
    text_en = "The committee approves the series."


def meeting_of_approvals(committee):
    then = datetime(2025, 11, 17, 9, tzinfo=UTC)
    dates = {"starts_at": then, "opened_at": then, "held_at": then, "closed_at": then}
    found = committee.meetings.filter(code="M-APPROVALS").first()
    return found or MeetingFactory(
        code="M-APPROVALS", committee=committee, status=MeetingStatus.CLOSED, **dates
    )
