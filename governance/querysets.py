from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q
from django.utils import timezone

from governance.enums import (
    ACTING_OUTCOMES,
    TO_DO,
    Access,
    ActionStatus,
    Audience,
    Effect,
    MeetingKind,
    MeetingStatus,
    MinutesStatus,
    PackStatus,
    ProposalStatus,
    Reply,
)
from partners.models import Partner
from projects.models import Amendment, FundingAgreement, Project, ProjectSeries

if TYPE_CHECKING:
    from governance.models import AgendaItem
    from partners.models import User


class CommitteeQuerySet(models.QuerySet):
    def of(self, user: "User") -> "CommitteeQuerySet":
        """Committees this person sits on today."""
        from governance.models import Mandate

        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Exists(Mandate.objects.active().filter(user=user, seat__committee=OuterRef("pk")))
        )

    def visible_to(self, user: "User") -> "CommitteeQuerySet":
        """Committees and their seats are public; their meetings and papers are not."""
        return self


class SeatQuerySet(models.QuerySet):
    def held_on(self, day: date) -> "SeatQuerySet":
        """Seats the committee has on that day."""
        return self.filter(
            Q(start__isnull=True) | Q(start__lte=day), Q(end__isnull=True) | Q(end__gte=day)
        )


class MandateQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "MandateQuerySet":
        """Who sits where is told to the members of the committee and to the secretariat."""
        from governance.models import Committee

        if not user.is_authenticated:
            return self.none()
        if user.runs_the_cycle:
            return self
        return self.filter(seat__committee__in=Committee.objects.of(user).values("pk"))

    def active_on(self, day: date) -> "MandateQuerySet":
        return self.filter(Q(end__isnull=True) | Q(end__gte=day), start__lte=day)

    def active(self) -> "MandateQuerySet":
        return self.active_on(timezone.localdate())


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "MeetingQuerySet":
        """Members see the meetings of their committees once summoned; the secretariat all of them.

        A person summoned sees that meeting even after their mandate ended.
        """
        from governance.models import Committee, Summons

        if not user.is_authenticated:
            return self.none()
        if user.runs_the_cycle:
            return self
        return self.filter(
            Q(committee__in=Committee.objects.of(user).values("pk"))
            & ~Q(status=MeetingStatus.DRAFT)
            & ~Q(status=MeetingStatus.CANCELLED, summoned_at__isnull=True)
            | Exists(
                Summons.objects.filter(meeting=OuterRef("pk"), user=user, sent_at__isnull=False)
            )
        )

    def announced(self) -> "MeetingQuerySet":
        """Date and place shown to the public."""
        return self.filter(is_public=True).exclude(
            status__in=[MeetingStatus.DRAFT, MeetingStatus.CANCELLED]
        )

    def listed_for(self, user: "User") -> "MeetingQuerySet":
        """Those seen in full (`in_full` is true) and those announced, of which only date and place are shown."""
        in_full = Q(pk__in=type(self)(self.model).visible_to(user).values("pk"))
        announced = Q(pk__in=type(self)(self.model).announced().values("pk"))
        return self.filter(in_full | announced).annotate(
            in_full=ExpressionWrapper(in_full, output_field=models.BooleanField())
        )

    def upcoming(self) -> "MeetingQuerySet":
        return self.filter(
            status__in=[MeetingStatus.DRAFT, MeetingStatus.SUMMONED, MeetingStatus.IN_SESSION]
        ).order_by("starts_at")


class AgendaItemQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "AgendaItemQuerySet":
        """Confidential items only to the members of the committee and to the secretariat."""
        from governance.models import Committee, Meeting

        if not user.is_authenticated:
            return self.none()
        if user.runs_the_cycle:
            return self
        return self.filter(meeting__in=Meeting.objects.visible_to(user).values("pk")).filter(
            Q(confidential=False)
            | Q(meeting__committee__in=Committee.objects.of(user).values("pk"))
        )

    def undecided(self) -> "AgendaItemQuerySet":
        return self.filter(outcome="")

    def after(self, item: "AgendaItem") -> "AgendaItemQuerySet":
        return self.filter(position__gt=item.position)


class ProposalQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "ProposalQuerySet":
        """One's own and one's organisations'; all to the secretariat."""
        if not user.is_authenticated:
            return self.none()
        if user.runs_the_cycle:
            return self
        return self.filter(
            Q(proposed_by=user) | Q(partner__in=Partner.objects.of(user).values("pk"))
        )

    def waiting(self) -> "ProposalQuerySet":
        return self.filter(status=ProposalStatus.WAITING)


class SummonsQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "SummonsQuerySet":
        """Who is summoned and what they replied is told to those who see the meeting."""
        from governance.models import Meeting

        if not user.is_authenticated:
            return self.none()
        if user.runs_the_cycle:
            return self
        return self.filter(
            meeting__in=Meeting.objects.visible_to(user).values("pk"), sent_at__isnull=False
        )

    def awaiting_reply(self, day: date) -> "SummonsQuerySet":
        """Not answered on that day, and still to be: the meeting is to come, the mandate covers it."""
        from governance.models import Mandate

        held_on = OuterRef("meeting__starts_at__date")
        mandates = Mandate.objects.filter(
            Q(end__isnull=True) | Q(end__gte=held_on),
            start__lte=held_on,
            user=OuterRef("user"),
            seat__committee=OuterRef("meeting__committee"),
        )
        return self.filter(
            Exists(mandates),
            reply=Reply.NONE,
            sent_at__isnull=False,
            meeting__status=MeetingStatus.SUMMONED,
            meeting__starts_at__date__gte=day,
        ).exclude(meeting__kind=MeetingKind.WRITTEN)


class PaperQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "PaperQuerySet":
        """Papers pinned to items this person sees; never a confidential one outside the committee."""
        from governance.models import AgendaItem, Committee

        if not user.is_authenticated:
            return self.none()
        if user.runs_the_cycle:
            return self
        items = AgendaItem.objects.visible_to(user)
        return self.filter(
            ~Q(access=Access.CONFIDENTIAL)
            | Q(committee__in=Committee.objects.of(user).values("pk")),
            pk__in=items.values("annexes__revision__paper"),
        )


class AgendaPaperQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "AgendaPaperQuerySet":
        """Pinned to items this person sees; never a confidential one outside the committee."""
        from governance.models import AgendaItem, Paper

        if not user.is_authenticated:
            return self.none()
        if user.runs_the_cycle:
            return self
        return self.filter(
            item__in=AgendaItem.objects.visible_to(user).values("pk"),
            revision__paper__in=Paper.objects.visible_to(user).values("pk"),
        )

    def public(self) -> "AgendaPaperQuerySet":
        """Papers opened to all, once the meeting is closed and where its decision is public."""
        from governance.models import Decision

        return self.filter(
            item__confidential=False,
            item__decision__in=Decision.objects.public().values("pk"),
            revision__paper__access=Access.PUBLIC,
        )


class PaperRevisionQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "PaperRevisionQuerySet":
        """The revisions pinned where this person sees them: one that waits for another agenda is not told."""
        from governance.models import AgendaPaper

        if user.is_authenticated and user.runs_the_cycle:
            return self
        pins = AgendaPaper.objects
        return self.filter(
            Q(pk__in=pins.visible_to(user).values("revision"))
            | Q(pk__in=pins.public().values("revision"))
        )


class PackQuerySet(models.QuerySet):
    def issued(self) -> "PackQuerySet":
        return self.filter(status=PackStatus.ISSUED)

    def visible_to(self, user: "User") -> "PackQuerySet":
        """Members read the full issued packs of their committees; people summoned otherwise the one without
        confidential items; the secretariat also what is built and not issued."""
        from governance.models import Committee, Meeting

        if not user.is_authenticated:
            return self.none()
        if user.runs_the_cycle:
            return self
        mine = Committee.objects.of(user).values("pk")
        return (
            self.issued()
            .filter(meeting__in=Meeting.objects.visible_to(user).values("pk"))
            .filter(Q(meeting__committee__in=mine) | ~Q(audience=Audience.FULL))
        )


class PackBuildQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "PackBuildQuerySet":
        """The secretariat's own business."""
        return self if user.is_authenticated and user.runs_the_cycle else self.none()


class DecisionQuerySet(models.QuerySet):
    def public(self) -> "DecisionQuerySet":
        """Decisions on public matters: not confidential, and about nothing the public does not see.

        The approval of a series was public: it stays readable when it is withdrawn, and so does its withdrawal.
        """
        approval = Q(effect=Effect.APPROVE_SERIES) | Q(corrects__effect=Effect.APPROVE_SERIES)
        series, projects = ProjectSeries.objects.public(), Project.objects.public()
        agreements, amendments = FundingAgreement.objects.public(), Amendment.objects.public()
        return self.filter(
            Q(series__isnull=True) | Exists(series.filter(pk=OuterRef("series"))) | approval,
            Q(project__isnull=True) | Exists(projects.filter(pk=OuterRef("project"))),
            Q(agreement__isnull=True) | Exists(agreements.filter(pk=OuterRef("agreement"))),
            Q(amendment__isnull=True) | Exists(amendments.filter(pk=OuterRef("amendment"))),
            is_public=True,
            meeting__status=MeetingStatus.CLOSED,
        )

    def visible_to(self, user: "User") -> "DecisionQuerySet":
        from governance.models import Committee

        if not user.is_authenticated:
            return self.public()
        if user.runs_the_cycle:
            return self
        public = type(self)(self.model).public().values("pk")
        return self.filter(
            Q(pk__in=public) | Q(committee__in=Committee.objects.of(user).values("pk"))
        )

    def standing(self) -> "DecisionQuerySet":
        """Not corrected or withdrawn by a later one."""
        return self.filter(corrected_by__isnull=True)

    def approving(self) -> "DecisionQuerySet":
        return self.filter(outcome__in=ACTING_OUTCOMES)

    def approving_series(self) -> "DecisionQuerySet":
        return self.approving().filter(effect=Effect.APPROVE_SERIES)

    def approving_agreements(self) -> "DecisionQuerySet":
        """Those that opened an agreement, or an amendment to one, for signature."""
        return self.approving().filter(
            effect__in=[Effect.APPROVE_AGREEMENT, Effect.APPROVE_AMENDMENT]
        )


class MinutesQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "MinutesQuerySet":
        """Circulated minutes to the committee's members; drafts to the secretariat."""
        from governance.models import Committee

        if not user.is_authenticated:
            return self.none()
        if user.runs_the_cycle:
            return self
        return self.exclude(status=MinutesStatus.DRAFT).filter(
            meeting__committee__in=Committee.objects.of(user).values("pk")
        )


class ActionQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> "ActionQuerySet":
        """One's own, one's organisations', and those of one's committees."""
        from governance.models import Committee

        if not user.is_authenticated:
            return self.none()
        if user.runs_the_cycle:
            return self
        ours = Q(owner=user) | Q(partner__in=Partner.objects.of(user).values("pk"))
        return self.filter(
            ~Q(status=ActionStatus.PLANNED) & ours
            | Q(committee__in=Committee.objects.of(user).values("pk"))
        )

    def running(self) -> "ActionQuerySet":
        """Opened and not verified: on the next agenda and in the next pack."""
        return self.exclude(status__in=[ActionStatus.PLANNED, ActionStatus.VERIFIED])

    def to_do(self) -> "ActionQuerySet":
        return self.filter(status__in=TO_DO)
