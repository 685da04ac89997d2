"""Who is summoned, told of changes, reminded; and what they reply, by a signed link or in the portal."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.enums import Capacity, MeetingStatus, Reply
from governance.errors import MandateExpired, ProxyRefused, RepliesClosed
from governance.models import Mandate, Meeting, Summons
from governance.services import attendance, calendars
from governance.services.agenda import locked_meeting
from partners.models import User
from partners.services import outbox
from smartport.messages import Notice

SALT = "governance.summons"
WHY = gettext_lazy("You hold a mandate in this committee.")
REMINDED_BEFORE = timedelta(days=14)


def token_for(summons: Summons) -> str:
    return signing.dumps(summons.pk, salt=SALT)


def summons_of(token: str) -> Summons | None:
    """The summons a link was made for; none where the link was altered or the summons is gone."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return (
        Summons.objects.select_related("meeting__committee", "user", "seat__partner")
        .filter(pk=pk)
        .first()
    )


def tell_summoned(meeting: Meeting, summonses: Iterable[Summons]) -> None:
    _tell("meeting_summons", meeting, summonses, calendars.REQUEST)


def tell_changed(meeting: Meeting) -> None:
    """The calendars of all those summoned are updated by a higher sequence."""
    _tell("meeting_changed", meeting, _told(meeting), calendars.REQUEST)


def tell_cancelled(meeting: Meeting) -> None:
    _tell("meeting_cancelled", meeting, _told(meeting), calendars.CANCEL)


def _told(meeting: Meeting) -> QuerySet[Summons]:
    return meeting.summonses.filter(sent_at__isnull=False).select_related("user")


def _tell(kind: str, meeting: Meeting, summonses: Iterable[Summons], method: str) -> None:
    """One message per person, with the event for their calendar: the summons once, changes once by sequence."""
    page = "governance:" + ("meeting_detail" if method == calendars.CANCEL else "summons_reply")
    for summons in summonses:
        with translation.override(summons.user.language):
            event = calendars.invitation(meeting, summons.user, method)
        outbox.queue(
            kind=kind,
            recipient=summons.user,
            obligation=f"summons:{summons.pk}",
            step="" if kind == "meeting_summons" else str(meeting.calendar_sequence),
            context={"meeting": meeting},
            url_name=page,
            url_args=[meeting.code if method == calendars.CANCEL else token_for(summons)],
            why=WHY,
            attachments=[event],
        )


def unanswered() -> QuerySet[Summons]:
    return Summons.objects.filter(
        reply=Reply.NONE, sent_at__isnull=False, meeting__status=MeetingStatus.SUMMONED
    )


def replies_to_remind(day: date) -> Iterator[Notice]:
    """Those who have not replied to a meeting that is near."""
    waiting = (
        unanswered()
        .filter(
            meeting__starts_at__date__gte=day, meeting__starts_at__date__lte=day + REMINDED_BEFORE
        )
        .select_related("meeting__committee", "user")
        .order_by("meeting__starts_at", "pk")
    )
    for summons in waiting.iterator(500):
        yield Notice(
            obligation=f"reply:{summons.pk}",
            recipients=[summons.user],
            due_on=summons.meeting.day,
            context={"meeting": summons.meeting},
            url_name="governance:summons_reply",
            url_args=[token_for(summons)],
            why=WHY,
        )


def replies_still_due(pairs: set[tuple[int, str]]) -> set[tuple[int, str]]:
    numbers = {int(obligation.partition(":")[2]) for _person, obligation in pairs}
    open_ones = set(unanswered().filter(pk__in=numbers).values_list("pk", flat=True))
    return {pair for pair in pairs if int(pair[1].partition(":")[2]) in open_ones}


def alternates_for(summons: Summons) -> list[Mandate]:
    """Those who hold the alternate's mandate of the same seat on the day."""
    return list(
        Mandate.objects.active_on(summons.meeting.day)
        .filter(seat=summons.seat_id, capacity=Capacity.ALTERNATE, user__is_active=True)
        .exclude(user=summons.user_id)
        .select_related("user")
    )


def holders_for(summons: Summons) -> list[User]:
    """Members of the committee in other seats, except those who said they will not come."""
    mandates = (
        Mandate.objects.active_on(summons.meeting.day)
        .filter(seat__committee=summons.meeting.committee_id, user__is_active=True)
        .exclude(seat=summons.seat_id)
        .exclude(user__in=_excused(summons.meeting))
        .exclude(user=summons.user_id)
        .select_related("user")
        .order_by("user__last_name", "user__first_name", "pk")
    )
    return list({mandate.user_id: mandate.user for mandate in mandates}.values())


def _excused(meeting: Meeting) -> Any:
    """The people who said they will not be in the room."""
    return meeting.summonses.filter(reply__in=[Reply.NO, Reply.ALTERNATE, Reply.PROXY]).values(
        "user"
    )


@transaction.atomic
def reply(
    *,
    actor: User,
    summons: Summons,
    answer: str,
    alternate: User | None = None,
    holder: User | None = None,
    comment: str = "",
) -> Summons:
    """Say whether one comes; the last reply counts, and a proxy given before with another reply is revoked.

    `actor` is the person summoned, whose link or account this is. Raises RepliesClosed, ProxyRefused, MandateExpired.
    """
    meeting = locked_meeting(summons.meeting_id)
    if meeting.status != MeetingStatus.SUMMONED:
        raise RepliesClosed(
            _("Replies are closed: the meeting is %(state)s.")
            % {"state": str(meeting.get_status_display()).lower()},
            remedy=_("Write to the secretariat."),
        )
    current = Summons.objects.select_for_update(of=["self"]).get(pk=summons.pk)
    current.reply, current.replied_at, current.comment = Reply(answer), timezone.now(), comment
    current.alternate = (
        _checked_alternate(current, alternate) if answer == Reply.ALTERNATE else None
    )
    for proxy in meeting.proxies.filter(giver=current.user, revoked_at__isnull=True):
        attendance.revoke_proxy(actor=actor, proxy=proxy)
    current.proxy_holder = (
        _given(actor, meeting, current, holder) if answer == Reply.PROXY else None
    )
    current.save()
    return current


def _checked_alternate(summons: Summons, alternate: User | None) -> User:
    if alternate is None or alternate not in [m.user for m in alternates_for(summons)]:
        raise MandateExpired(
            _("Only the alternate of your seat can replace you."),
            remedy=_("Choose them in the list, or give a proxy."),
            field="alternate",
        )
    return alternate


def _given(actor: User, meeting: Meeting, summons: Summons, holder: User | None) -> User:
    if holder is None or summons.seat is None:
        raise ProxyRefused(
            _("Say who votes for you."), remedy=_("Choose a member."), field="holder"
        )
    if _excused(meeting).filter(user=holder).exists():
        raise ProxyRefused(
            _("%(person)s will not come either.") % {"person": holder},
            remedy=_("Choose another member."),
            field="holder",
        )
    attendance.give_proxy(
        actor=actor, meeting=meeting, seat=summons.seat, giver=summons.user, holder=holder
    )
    return holder
