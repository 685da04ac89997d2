"""Who is summoned, told of changes, reminded; and what they reply, by a signed link or in the portal."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.enums import Capacity, MeetingStatus, Reply
from governance.errors import MandateExpired, ProxyRefused, RepliesClosed
from governance.models import Mandate, Meeting, Summons
from governance.services import attendance, calendars, entrusting
from governance.services.agenda import demand_secretariat, locked_meeting
from governance.services.links import token_for
from partners.models import User
from partners.services import addresses, outbox
from partners.services.acting import Pairs, numbers_in
from smartport.messages import Notice

WHY = gettext_lazy("You hold a mandate in this committee.")
REMINDED_BEFORE = timedelta(days=14)


def tell_summoned(meeting: Meeting, summonses: Iterable[Summons]) -> None:
    _tell("meeting_summons", meeting, summonses)


def tell_changed(meeting: Meeting, *, asked_again: bool) -> None:
    """The calendars of all those summoned are updated by a higher sequence."""
    step = str(meeting.calendar_sequence)
    _tell("meeting_changed", meeting, _told(meeting), step=step, asked_again=asked_again)


def tell_cancelled(meeting: Meeting) -> None:
    step = str(meeting.calendar_sequence)
    _tell("meeting_cancelled", meeting, _told(meeting), step=step, method=calendars.CANCEL)


def _told(meeting: Meeting) -> QuerySet[Summons]:
    return meeting.summonses.filter(sent_at__isnull=False).select_related("user")


def _tell(
    kind: str,
    meeting: Meeting,
    summonses: Iterable[Summons],
    *,
    step: str = "",
    method: str = calendars.REQUEST,
    obligation: str = "",
    **context: Any,
) -> None:
    """One message per person and step, with the event for their calendar."""
    for summons in summonses:
        with translation.override(summons.user.language):
            event = calendars.invitation(meeting, summons, method)
        outbox.queue(
            kind=kind,
            recipient=summons.user,
            obligation=obligation or f"summons:{summons.pk}",
            step=step,
            context={"meeting": meeting, "summons": summons} | context,
            why=WHY,
            attachments=[] if meeting.is_written else [event],
            **_page(meeting, summons, method),
        )


def _page(meeting: Meeting, summons: Summons, method: str) -> dict[str, Any]:
    """Where the message leads: to the reply; to a cancelled meeting; nowhere for who is no longer summoned."""
    if method == calendars.REQUEST and not meeting.is_written:
        return {"url_name": "governance:summons_reply", "url_args": [token_for(summons)]}
    if meeting.status == MeetingStatus.CANCELLED or method == calendars.REQUEST:
        return {"url_name": "governance:meeting_detail", "url_args": [meeting.code]}
    return {}


@transaction.atomic
def send_again(*, actor: User, summons: Summons) -> None:
    """To the address of today, which may have been corrected; twice in the same minute is once."""
    demand_secretariat(actor)
    meeting = locked_meeting(summons.meeting_id)
    demand_replies_open(meeting)
    addresses.works_again([summons.user_id])
    _tell("meeting_summons", meeting, [summons], step=f"{timezone.now():%Y%m%d%H%M}")


def ask_again(*, actor: User, meeting: Meeting) -> None:
    """What was replied was about another day: replies are asked for again, proxies given are no longer.

    To be called with the meeting locked.
    """
    for proxy in meeting.proxies.filter(revoked_at__isnull=True):
        attendance.revoke_proxy(actor=actor, proxy=proxy)
    for summons in meeting.summonses.exclude(reply=Reply.NONE):
        summons.reply, summons.replied_at, summons.replied_by = Reply.NONE, None, None
        summons.alternate = summons.proxy_holder = None
        summons.save()


def withdraw(*, actor: User, meeting: Meeting, summonses: Iterable[Summons]) -> None:
    """Those whose mandate does not cover the day are told, and the event leaves their calendar.

    To be called with the meeting locked. The sequence grows, so that calendars take the cancellation.
    """
    gone = list(summonses)
    if not gone:
        return
    meeting.calendar_sequence += 1
    meeting.save(update_fields=["calendar_sequence"])
    step = str(meeting.calendar_sequence)
    _tell(
        "summons_withdrawn",
        meeting,
        gone,
        step=step,
        method=calendars.CANCEL,
        obligation=f"unsummoned:{meeting.pk}",
    )
    for summons in gone:
        for proxy in meeting.proxies.filter(giver=summons.user, revoked_at__isnull=True):
            attendance.revoke_proxy(actor=actor, proxy=proxy)
        summons.delete()


def still_withdrawn(pairs: Pairs) -> Pairs:
    """Who is summoned again to the same meeting has that summons to read, and not this."""
    named = numbers_in("unsummoned:", pairs)
    again = set(
        Summons.objects.filter(meeting__in=named.values()).order_by().values_list("user", "meeting")
    )
    return {(person, about) for person, about in pairs if (person, named.get(about)) not in again}


def replies_to_remind(day: date) -> Iterator[Notice]:
    """Those who have not replied to a meeting that is near."""
    waiting = (
        Summons.objects.awaiting_reply(day)
        .filter(meeting__starts_at__date__lte=day + REMINDED_BEFORE)
        .select_related("meeting__committee", "user")
        .order_by("meeting__starts_at", "pk")
    )
    for summons in waiting.iterator(500):
        yield Notice(
            obligation=f"reply:{summons.pk}:{summons.meeting.day:%Y%m%d}",
            recipients=[summons.user],
            due_on=summons.meeting.day,
            context={"meeting": summons.meeting},
            url_name="governance:summons_reply",
            url_args=[token_for(summons)],
            why=WHY,
        )


def replies_still_due(pairs: set[tuple[int, str]]) -> set[tuple[int, str]]:
    """The obligation is `reply:<summons>:<day>`: a meeting that moves is reminded of anew."""
    wanted = {pair: pair[1].split(":")[1:] for pair in pairs}
    waiting = Summons.objects.awaiting_reply(timezone.localdate()).select_related("meeting")
    days = {
        str(summons.pk): f"{summons.meeting.day:%Y%m%d}"
        for summons in waiting.filter(pk__in=[int(parts[0]) for parts in wanted.values()])
    }
    return {pair for pair, parts in wanted.items() if parts == [parts[0], days.get(parts[0])]}


def alternates_for(summons: Summons) -> list[Mandate]:
    """Those who hold the alternate's mandate of the same seat on the day, and did not say they will not come."""
    if summons.capacity == Capacity.ALTERNATE:
        return []
    return list(
        Mandate.objects.active_on(summons.meeting.day)
        .filter(seat=summons.seat_id, capacity=Capacity.ALTERNATE, user__is_active=True)
        .exclude(user__in=_excused(summons.meeting))
        .exclude(user=summons.user_id)
        .select_related("user")
    )


def holders_for(summons: Summons) -> list[User]:
    """Members of the committee in other seats, except those who said they will not come; none without proxies, nor
    for an alternate, whose seat's vote is not theirs to give.
    """
    meeting = summons.meeting
    if not meeting.committee.proxies_per_holder or summons.capacity == Capacity.ALTERNATE:
        return []
    mandates = (
        Mandate.objects.active_on(meeting.day)
        .filter(seat__committee=meeting.committee_id, user__is_active=True)
        .exclude(seat=summons.seat_id)
        .exclude(user__in=_excused(meeting))
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


def replies_are_open(meeting: Meeting) -> bool:
    """From the summons until the meeting opens, and not after its day."""
    return meeting.status == MeetingStatus.SUMMONED and meeting.day >= timezone.localdate()


def demand_replies_open(meeting: Meeting) -> None:
    if meeting.is_written:
        raise RepliesClosed(
            _("A written consultation is answered item by item."),
            remedy=_("Open it from the page of the meeting."),
        )
    if replies_are_open(meeting):
        return
    if meeting.status == MeetingStatus.SUMMONED:
        said = _("Replies are closed: the day of the meeting has passed.")
    else:
        said = _("Replies are closed: the meeting is %(state)s.") % {
            "state": str(meeting.get_status_display()).lower()
        }
    raise RepliesClosed(said, remedy=_("Write to the secretariat."))


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

    `actor` is the person summoned, whose link or account this is, or the secretariat in their name.
    Raises RepliesClosed, ProxyRefused, MandateExpired.
    """
    if actor.pk != summons.user_id:
        demand_secretariat(actor)
    meeting = locked_meeting(summons.meeting_id)
    demand_replies_open(meeting)
    current = Summons.objects.select_for_update(of=["self"]).get(pk=summons.pk)
    _demand_mandate(meeting, current.user)
    current.reply, current.replied_at, current.comment = Reply(answer), timezone.now(), comment
    current.replied_by = None if actor.pk == current.user_id else actor
    current.alternate = (
        _checked_alternate(current, alternate) if answer == Reply.ALTERNATE else None
    )
    for proxy in meeting.proxies.filter(giver=current.user, revoked_at__isnull=True):
        attendance.revoke_proxy(actor=actor, proxy=proxy)
    current.proxy_holder = (
        _given(actor, meeting, current, holder) if answer == Reply.PROXY else None
    )
    current.save()
    entrusting.tell_entrusted(meeting, current)
    if answer != Reply.YES:
        entrusting.tell_in_vain(meeting, current)
    return current


def _demand_mandate(meeting: Meeting, user: User) -> None:
    mandates = Mandate.objects.active_on(meeting.day).filter(seat__committee=meeting.committee)
    if not mandates.filter(user=user).exists():
        raise MandateExpired(
            _("%(person)s holds no mandate in this committee on that day.") % {"person": user},
            remedy=_("Write to the secretariat."),
        )


def _checked_alternate(summons: Summons, alternate: User | None) -> User:
    if alternate is None or alternate not in [m.user for m in alternates_for(summons)]:
        raise MandateExpired(
            _("Only the alternate of your seat can replace you."),
            remedy=_("Choose them in the list, or give a proxy."),
            field="alternate",
        )
    return alternate


def _given(actor: User, meeting: Meeting, summons: Summons, holder: User | None) -> User:
    if summons.capacity == Capacity.ALTERNATE:
        raise ProxyRefused(
            _("The vote of this seat is its titular’s to give."),
            remedy=_("Say that you cannot attend: they are told."),
        )
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
