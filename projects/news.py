"""What changed in the projects a person is told of, for their digest."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from projects.changes import author_of, moves, news, public_changes, slips, status_changes, window
from projects.enums import Interest, ReviewAction, SignatureState
from projects.models import (
    AgreementParty,
    FundingAgreement,
    Instalment,
    Project,
    ReviewNote,
)
from smartport import dates
from smartport.messages import News, Topic
from smartport.money import euros

if TYPE_CHECKING:
    from partners.models import User


def news_of(user: "User", after: datetime, until: datetime) -> Iterator[News]:
    """In full of one's own projects, what the public reads of those followed; nothing of one's own doing."""
    mine = Project.objects.told_to(user)
    yield from _conversations(user, mine, after, until)
    yield from _slips(user, mine, after, until)
    yield from status_changes(mine, after, until, but_by=user.pk)
    followed = Project.objects.said_by(user, Interest.FOLLOW).exclude(pk__in=mine.values("pk"))
    yield from public_changes(followed, after, until)


def agreement_news(user: "User", after: datetime, until: datetime) -> Iterator[News]:
    """Of the agreements of one's organisations: signatures, states, payments."""
    agreements = FundingAgreement.objects.visible_to(user)
    if not user.runs_the_cycle:
        agreements = agreements.involving(user)
    known = agreements.values("pk")
    for event in moves(FundingAgreement, "status", after, until).filter(pgh_obj__in=known):
        title = _("State: %(state)s") % {"state": str(event.get_status_display()).lower()}
        yield from _about(user, event.pgh_obj, title, event)
    signed = moves(AgreementParty, "signature", after, until).filter(
        agreement__in=known, signature=SignatureState.SIGNED
    )
    for event in signed.select_related("agreement", "partner"):
        title = _("Signed by %(party)s") % {"party": event.partner.label}
        yield from _about(user, event.agreement, title, event)
    paid = moves(Instalment, "status", after, until).filter(
        contribution__agreement__in=known, pgh_obj__in=Instalment.objects.visible_to(user)
    )
    for event in paid.select_related("contribution__agreement"):
        title = _("Payment of %(amount)s: %(state)s") % {
            "amount": euros(event.amount),
            "state": str(event.get_status_display()).lower(),
        }
        yield from _about(user, event.contribution.agreement, title, event)


def _about(user: "User", agreement: FundingAgreement, title: str, event: Any) -> Iterator[News]:
    if author_of(event) != user.pk:
        url = agreement.get_absolute_url()
        yield News(
            agreement.title,
            title,
            event.pgh_created_at,
            url,
            agreement.is_demo,
            Topic.AGREEMENTS,
            url,
        )


def _conversations(
    user: "User", mine: QuerySet, after: datetime, until: datetime
) -> Iterator[News]:
    notes = (
        ReviewNote.objects.filter(
            report__project__in=mine.values("pk"), **window("at", after, until)
        )
        .exclude(author=user)
        .exclude(action=ReviewAction.CONFIRMED)
        .select_related("report__project", "report__period")
        .order_by("-at", "-pk")
    )
    for note in notes.iterator():
        report = note.report
        title = _("%(report)s: %(action)s") % {
            "report": _("Report for %(period)s") % {"period": report.period.label},
            "action": str(note.get_action_display()).lower(),
        }
        yield news(report.project, title, note.at, report.get_absolute_url())


def _slips(user: "User", mine: QuerySet, after: datetime, until: datetime) -> Iterator[News]:
    for slip in slips(mine, after, until).exclude(author=user).iterator():
        title = _("“%(name)s” now on %(day)s: %(reason)s") % {
            "name": slip.milestone.title,
            "day": dates.short_day(slip.to_on),
            "reason": slip.reason,
        }
        yield news(slip.milestone.project, title, slip.at)
