"""What is due and not done of meetings and minutes: found for the ladders of `governance.messages`,
and asked again just before sending."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy

from governance.enums import ActionStatus, MeetingStatus, MinutesStatus
from governance.models import (
    Action,
    ItemProposal,
    Mandate,
    Minutes,
    MinutesRemark,
    Pack,
    Summons,
)
from governance.services import minutes as writing
from governance.services.packs import readers
from partners.models import User
from partners.services.acting import PEOPLE, Pairs, StillDue, numbers_in
from smartport.messages import Notice

MAY_OBJECT = gettext_lazy("You sit on this committee.")


def _done(numbers: set[int]) -> Iterator[tuple[int, None]]:
    done = Action.objects.filter(pk__in=numbers, status=ActionStatus.DONE).order_by()
    return ((number, None) for number in done.values_list("pk", flat=True))


action_still_to_verify = StillDue("action:", _done, secretariat=True)


def objections_ending(day: date) -> Iterator[Notice]:
    """To those who said nothing yet; not on the day the minutes went out."""
    circulating = (
        Minutes.objects.filter(status=MinutesStatus.CIRCULATED, objections_until__gte=day)
        .filter(objections_until__lte=day + timedelta(days=3), circulated_at__date__lt=day)
        .select_related("meeting__committee")
        .order_by("objections_until", "pk")
    )
    for one in circulating:
        heard = set(one.remarks.values_list("author", flat=True))
        yield Notice(
            obligation=f"minutes:{one.pk}",
            recipients=[p for p in writing.readers_of(one.meeting) if p.pk not in heard],
            due_on=one.objections_until,
            context={"meeting": one.meeting, "until": one.objections_until},
            url_name="governance:minutes_detail",
            url_args=[one.meeting.code],
            why=MAY_OBJECT,
        )


def minutes_still_circulating(pairs: Pairs) -> Pairs:
    named = numbers_in("minutes:", pairs)
    circulating = Minutes.objects.filter(
        pk__in=named.values(), status=MinutesStatus.CIRCULATED
    ).select_related("meeting__committee")
    return _among(pairs, named, {m.pk: writing.readers_of(m.meeting) for m in circulating})


def pack_still_readable(pairs: Pairs) -> Pairs:
    named = numbers_in("pack:", pairs)
    issued = (
        Pack.objects.issued().filter(pk__in=named.values()).select_related("meeting__committee")
    )
    return _among(pairs, named, {pack.pk: readers(pack) for pack in issued})


def _among(pairs: Pairs, named: dict[str, int], readers_of: dict[int, list[User]]) -> Pairs:
    known = {number: {user.pk for user in people} for number, people in readers_of.items()}
    return {
        (person, about) for person, about in pairs if person in known.get(named.get(about, 0), ())
    }


def _unanswered(numbers: set[int]) -> Iterator[tuple[int, None]]:
    waiting = MinutesRemark.objects.filter(pk__in=numbers, answer="").order_by()
    return ((number, None) for number in waiting.values_list("pk", flat=True))


remark_still_unanswered = StillDue("remark:", _unanswered, secretariat=True)


def answer_still_theirs(pairs: Pairs) -> Pairs:
    """Until the minutes are taken back to be written anew, or the author of the remark leaves the committee."""
    named = numbers_in("remark:", pairs)
    answered = (
        MinutesRemark.objects.filter(pk__in=named.values())
        .exclude(answer="")
        .exclude(minutes__status=MinutesStatus.DRAFT)
    )
    sitting = Mandate.objects.active().filter(
        seat__committee=OuterRef("minutes__meeting__committee"), user=OuterRef("author")
    )
    theirs = set(answered.filter(Exists(sitting)).order_by().values_list("author", "pk"))
    return {(person, about) for person, about in pairs if (person, named.get(about)) in theirs}


def _settled(numbers: set[int]) -> Iterator[tuple[int, int]]:
    settled = ItemProposal.objects.filter(pk__in=numbers, decided_at__isnull=False).order_by()
    return iter(settled.values_list("pk", "partner"))


# Who proposed it, as long as they act for the organisation they proposed it for.
proposal_still_theirs = StillDue("proposal:", _settled, whose=PEOPLE)


def summons_in(*states: MeetingStatus) -> Callable[[Pairs], Pairs]:
    """Those whose own summons is to a meeting that stands so."""

    def still_due(pairs: Pairs) -> Pairs:
        named = numbers_in("summons:", pairs)
        found = Summons.objects.filter(pk__in=named.values(), meeting__status__in=states)
        theirs = set(found.order_by().values_list("user", "pk"))
        return {(person, about) for person, about in pairs if (person, named.get(about)) in theirs}

    return still_due
