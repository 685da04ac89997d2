"""Minutes: drafted from the meeting's data, edited with revisions, circulated, remarked on, approved."""

import logging
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from governance.enums import MINUTES_MOVES, MeetingStatus, MinutesStatus
from governance.errors import MinutesFrozen, MinutesNotReady
from governance.models import (
    Mandate,
    Meeting,
    Minutes,
    MinutesDraft,
    MinutesRemark,
    MinutesRevision,
)
from governance.permissions import can_remark_on_minutes
from governance.services.agenda import demand_secretariat, locked_meeting
from governance.services.drafting import draft_text
from governance.services.meetings import people_to_summon
from partners.models import User
from partners.services import outbox
from smartport.errors import NotAllowed, Stale
from smartport.workflow import move

logger = logging.getLogger(__name__)
WHY = gettext_lazy("You sit on this committee.")
SECRETARIAT = gettext_lazy("You write the minutes.")
AUTHOR = gettext_lazy("You wrote this remark.")
# The language the minutes are written in; each person may read the decisions in theirs in the register.
WRITTEN_IN = "fr"


def _locked(minutes: Minutes) -> Minutes:
    return (
        Minutes.objects.select_for_update(of=["self"])
        .select_related("meeting__committee")
        .get(pk=minutes.pk)
    )


def _demand_draft(minutes: Minutes) -> None:
    if minutes.status != MinutesStatus.DRAFT:
        raise MinutesFrozen(
            _("These minutes are %(state)s: their text does not change.")
            % {"state": str(minutes.get_status_display()).lower()},
            remedy=_("Take them back to draft first, or correct them at the next meeting."),
        )


@transaction.atomic
def draft(*, actor: User, meeting: Meeting) -> Minutes:
    """Write the minutes from the data, again and again until someone edits them; never after."""
    demand_secretariat(actor)
    meeting = locked_meeting(meeting.pk)
    if meeting.status not in {MeetingStatus.HELD, MeetingStatus.CLOSED}:
        raise MinutesNotReady(
            _("The meeting is not over."), remedy=_("Draft the minutes when it has ended.")
        )
    minutes, _created = Minutes.objects.get_or_create(meeting=meeting)
    if minutes.edited or minutes.status != MinutesStatus.DRAFT:
        return minutes
    with override(WRITTEN_IN):
        text = draft_text(meeting)
    return minutes if text == minutes.text else _revise(actor, minutes, text)


def _revise(actor: User, minutes: Minutes, text: str) -> Minutes:
    minutes.text = text
    minutes.revision += 1
    minutes.save()
    MinutesRevision.objects.create(
        minutes=minutes, number=minutes.revision, text=text, author=actor
    )
    return minutes


@transaction.atomic
def edit(*, actor: User, minutes: Minutes, text: str, revision: int) -> Minutes:
    """Save a new revision of the text last read at `revision`. Raises Stale, MinutesFrozen."""
    demand_secretariat(actor)
    current = _locked(minutes)
    _demand_draft(current)
    if current.revision != revision:
        raise Stale(
            _("Someone saved these minutes while you were writing."),
            remedy=_("Compare the two texts and choose."),
            current=current,
        )
    current.drafts.filter(user=actor).delete()
    if text == current.text:
        return current
    current.edited = True
    return _revise(actor, current, text)


@transaction.atomic
def keep(*, actor: User, minutes: Minutes, text: str, revision: int) -> MinutesDraft:
    """Put aside what is being typed, without a revision, until it is saved. Raises Stale, MinutesFrozen.

    It is kept even when someone saved another text meanwhile.
    """
    demand_secretariat(actor)
    current = _locked(minutes)
    _demand_draft(current)
    kept, _new = MinutesDraft.objects.update_or_create(
        minutes=current,
        user=actor,
        defaults={"text": text, "revision": revision, "at": timezone.now()},
    )
    return kept


@transaction.atomic
def give_up(*, actor: User, minutes: Minutes) -> None:
    """Forget what this person had typed and not saved."""
    minutes.drafts.filter(user=actor).delete()


@transaction.atomic
def circulate(*, actor: User, minutes: Minutes) -> Minutes:
    """Send them to the committee; objections are open for the committee's number of days."""
    demand_secretariat(actor)
    current = _locked(minutes)
    if current.status == MinutesStatus.CIRCULATED:
        return current
    if current.meeting.status != MeetingStatus.CLOSED or not current.text.strip():
        raise MinutesNotReady(
            _("The decisions have no number yet, or the text is empty."),
            remedy=_("Close the meeting, draft the minutes, then circulate them."),
        )
    move(current, MINUTES_MOVES, MinutesStatus.CIRCULATED)
    current.circulated_at = timezone.now()
    days = current.meeting.committee.objection_days
    current.objections_until = timezone.localdate() + timedelta(days=days)
    current.save()
    for person in readers_of(current.meeting):
        outbox.queue(
            kind="minutes_circulated",
            recipient=person,
            obligation=f"minutes:{current.pk}",
            step=str(current.revision),
            context={"meeting": current.meeting, "until": current.objections_until},
            url_name="governance:minutes_detail",
            url_args=[current.meeting.code],
            why=WHY,
        )
    return current


def readers_of(meeting: Meeting) -> list[User]:
    """Those who were present and those who held a mandate that day, as far as they sit on the committee still."""
    concerned = {mandate.user_id for mandate in people_to_summon(meeting)}
    concerned |= set(meeting.attendances.values_list("user", flat=True))
    sitting = Mandate.objects.active().filter(seat__committee=meeting.committee, user__in=concerned)
    return list(User.objects.filter(pk__in=sitting.values("user"), is_active=True).order_by("pk"))


@transaction.atomic
def take_back(*, actor: User, minutes: Minutes) -> Minutes:
    """Back to draft, to answer remarks in the text; circulating again opens the days again."""
    demand_secretariat(actor)
    current = _locked(minutes)
    if current.status == MinutesStatus.DRAFT:
        return current
    move(current, MINUTES_MOVES, MinutesStatus.DRAFT)
    current.edited = True
    current.save()
    return current


@transaction.atomic
def remark(*, actor: User, minutes: Minutes, text: str) -> MinutesRemark:
    """An objection or a correction asked for, while the minutes circulate."""
    current = _locked(minutes)
    if not can_remark_on_minutes(actor, current):
        raise NotAllowed(
            _("Remarks are open to members while the minutes circulate."),
            remedy=_("Write to the secretariat."),
        )
    made = MinutesRemark.objects.create(minutes=current, author=actor, text=text)
    for secretary in User.objects.secretariat().exclude(pk=actor.pk):
        _tell("minutes_remark", secretary, made, SECRETARIAT)
    return made


@transaction.atomic
def answer(*, actor: User, remark: MinutesRemark, text: str) -> MinutesRemark:
    demand_secretariat(actor)
    remark = (
        MinutesRemark.objects.select_for_update(of=["self"])
        .select_related("author", "minutes__meeting__committee")
        .get(pk=remark.pk)
    )
    remark.answer, remark.answered_by, remark.answered_at = text, actor, timezone.now()
    remark.save()
    if remark.author_id != actor.pk:
        _tell("minutes_answered", remark.author, remark, AUTHOR)
    return remark


def _tell(kind: str, person: User, remark: MinutesRemark, why: Any) -> None:
    meeting = remark.minutes.meeting
    outbox.queue(
        kind=kind,
        recipient=person,
        obligation=f"remark:{remark.pk}",
        step=f"{remark.answered_at:%Y%m%d%H%M%S}" if remark.answered_at else "sent",
        context={"meeting": meeting, "remark": remark},
        url_name="governance:minutes_detail",
        url_args=[meeting.code],
        why=why,
    )


def approve_tacitly(*, day: date) -> int:
    """Approve what circulated to the end of its objection days with every remark answered; returns how many."""
    approved = 0
    due = Minutes.objects.filter(status=MinutesStatus.CIRCULATED, objections_until__lt=day)
    for pk in due.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            minutes = Minutes.objects.select_for_update(of=["self"]).get(pk=pk)
            if minutes.status != MinutesStatus.CIRCULATED:
                continue
            if minutes.remarks.filter(answer="").exists():
                logger.info("minutes %s wait for answers to remarks", pk)
                continue
            move(minutes, MINUTES_MOVES, MinutesStatus.APPROVED)
            minutes.tacitly, minutes.approved_on = True, _settled_on(minutes, day)
            minutes.save()
            approved += 1
    return approved


def _settled_on(minutes: Minutes, day: date) -> date:
    """The day after the last one to object, or that of the last answer when it came later; never after `day`."""
    days = [timezone.localdate(at) for at in minutes.remarks.values_list("answered_at", flat=True)]
    if minutes.objections_until:
        days.append(minutes.objections_until + timedelta(days=1))
    return min(max(days, default=day), day)
