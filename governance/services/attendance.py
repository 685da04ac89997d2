"""Who is in the room, from when to when, and who votes for whom."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.enums import MeetingStatus
from governance.errors import MandateExpired, OffTheAgenda, ProxyRefused
from governance.models import Attendance, Mandate, Meeting, Proxy, Seat
from governance.services.agenda import demand_secretariat, locked_meeting
from governance.services.quorum import present_at
from partners.models import User

PROXY_STATES = frozenset({MeetingStatus.DRAFT, MeetingStatus.SUMMONED, MeetingStatus.IN_SESSION})


def mandate_on(meeting: Meeting, user: User) -> Mandate:
    """The mandate this person holds in the committee on the day. Raises MandateExpired."""
    mandate = (
        Mandate.objects.active_on(meeting.day)
        .filter(seat__committee=meeting.committee, user=user)
        .select_related("seat")
        .order_by("-capacity")
        .first()
    )
    if mandate is None:
        raise MandateExpired(
            _("%(person)s holds no mandate in this committee on that day.") % {"person": user},
            remedy=_("Record the new mandate first, or note the person as a guest in the minutes."),
        )
    return mandate


def demand_mandate_in(seat: Seat, user: User, meeting: Meeting) -> None:
    """Raises MandateExpired where this person speaks for another seat, or no longer for this one."""
    mine = Mandate.objects.active_on(meeting.day).filter(seat=seat, user=user)
    if seat.committee_id != meeting.committee_id or not mine.exists():
        raise MandateExpired(
            _("%(person)s holds no mandate in the seat of %(seat)s on that day.")
            % {"person": user, "seat": seat},
            remedy=_("Record the new mandate first."),
            field="seat",
        )


@transaction.atomic
def arrive(*, actor: User, meeting: Meeting, user: User, at: datetime | None = None) -> Attendance:
    """Note an arrival, now or at an earlier moment of the meeting; a person already there stays there."""
    demand_secretariat(actor)
    meeting = _open_meeting(meeting)
    mandate = mandate_on(meeting, user)
    there = meeting.attendances.filter(user=user, left_at=None).first()
    if there:
        return there
    last = meeting.attendances.filter(user=user).aggregate(last=Max("left_at"))["last"]
    moment = _within(meeting, at)
    return Attendance.objects.create(
        meeting=meeting,
        user=user,
        seat=mandate.seat,
        capacity=mandate.capacity,
        arrived_at=max(moment, last) if last else moment,
    )


@transaction.atomic
def leave(*, actor: User, meeting: Meeting, user: User, at: datetime | None = None) -> None:
    """Note a departure; a person who is not there stays away."""
    demand_secretariat(actor)
    meeting = _open_meeting(meeting)
    for stay in meeting.attendances.filter(user=user, left_at__isnull=True):
        stay.left_at = max(_within(meeting, at), stay.arrived_at)
        stay.save(update_fields=["left_at"])


def _open_meeting(meeting: Meeting) -> Meeting:
    meeting = locked_meeting(meeting.pk)
    if meeting.status != MeetingStatus.IN_SESSION:
        raise OffTheAgenda(
            _("The meeting is not open."), remedy=_("Open it to note arrivals and departures.")
        )
    return meeting


def _within(meeting: Meeting, at: datetime | None) -> datetime:
    """A moment between the opening and now: what was noted without a network keeps its time."""
    now = timezone.now()
    return max(min(at or now, now), meeting.opened_at or now)


@transaction.atomic
def revoke_proxy(*, actor: User, proxy: Proxy) -> None:
    """From now on the seat is no longer represented; revoking twice changes nothing."""
    if actor.pk != proxy.giver_id:
        demand_secretariat(actor)
    meeting = locked_meeting(proxy.meeting_id)
    proxy.refresh_from_db()
    if proxy.revoked_at is not None:
        return
    if meeting.status not in PROXY_STATES:
        raise OffTheAgenda(
            _("The meeting is over: its proxies stay as they were."), remedy=_("Reload the page.")
        )
    proxy.revoked_at = timezone.now()
    proxy.save(update_fields=["revoked_at"])


@transaction.atomic
def give_proxy(*, actor: User, meeting: Meeting, seat: Seat, giver: User, holder: User) -> Proxy:
    """Entrust a seat's vote to a person. During the meeting the holder must be present.

    Raises ProxyRefused when they are not, or hold as many as the committee allows; MandateExpired where the
    giver has no mandate in that seat on the day.
    """
    if actor != giver:
        demand_secretariat(actor)
    meeting = locked_meeting(meeting.pk)
    if meeting.status not in PROXY_STATES:
        raise OffTheAgenda(
            _("Proxies are given before the meeting or during it."), remedy=_("Reload the page.")
        )
    demand_mandate_in(seat, giver, meeting)
    if giver.pk == holder.pk:
        raise ProxyRefused(_("A proxy goes to someone else."), remedy=_("Choose another member."))
    if mandate_on(meeting, holder).seat_id == seat.pk:
        raise ProxyRefused(
            _("%(person)s holds this seat already.") % {"person": holder},
            remedy=_("No proxy is needed: note their arrival."),
            field="holder",
        )
    if meeting.status == MeetingStatus.IN_SESSION and holder.pk not in present_at(
        meeting, timezone.now()
    ):
        raise ProxyRefused(
            _("%(person)s is not present.") % {"person": holder},
            remedy=_(
                "A proxy counts only while its holder is present: choose someone in the room."
            ),
            field="holder",
        )
    allowed = meeting.committee.proxies_per_holder
    if not allowed:
        raise ProxyRefused(
            _("This committee takes no proxies."), remedy=_("Send your alternate instead.")
        )
    held = meeting.proxies.filter(holder=holder, revoked_at__isnull=True).exclude(seat=seat).count()
    if held >= allowed:
        raise ProxyRefused(
            ngettext(
                "%(person)s holds %(allowed)s proxy already, the most allowed here.",
                "%(person)s holds %(allowed)s proxies already, the most allowed here.",
                allowed,
            )
            % {"person": holder, "allowed": allowed},
            remedy=_("Choose another member."),
            field="holder",
        )
    meeting.proxies.filter(seat=seat, revoked_at__isnull=True).update(revoked_at=timezone.now())
    return Proxy.objects.create(meeting=meeting, seat=seat, giver=giver, holder=holder)
