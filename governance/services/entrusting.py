"""Who counts on whom at a meeting: alternates and holders are told, and who relied on someone who will not come."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from governance.enums import MeetingStatus, Reply
from governance.models import Meeting, Summons
from governance.services.links import token_for
from partners.models import User
from partners.services import outbox

ENTRUSTED_WHY = gettext_lazy("Someone named you in their reply to a summons.")
IN_VAIN_WHY = gettext_lazy("You named this person in your reply to a summons.")
Pairs = set[tuple[int, str]]


def entrusted_to(user: User, meeting: Meeting) -> QuerySet[Summons]:
    """Those whose reply sends this person in their place, or gives them their vote."""
    return (
        meeting.summonses.filter(
            Q(reply=Reply.PROXY, proxy_holder=user) | Q(reply=Reply.ALTERNATE, alternate=user)
        )
        .select_related("user", "seat__partner")
        .order_by("pk")
    )


def tell_entrusted(meeting: Meeting, summons: Summons) -> None:
    """The alternate or the proxy holder that a reply names; once by person."""
    named = summons.proxy_holder or summons.alternate
    if named is None:
        return
    outbox.queue(
        kind="meeting_entrusted",
        recipient=named,
        obligation=f"entrusted:{summons.pk}",
        step=f"{summons.reply}:{named.pk}",
        context={"meeting": meeting, "summons": summons},
        url_name="governance:meeting_detail",
        url_args=[meeting.code],
        why=ENTRUSTED_WHY,
    )


def tell_in_vain(meeting: Meeting, gone: Summons) -> None:
    """Those who relied on a person who has now said that they will not be there."""
    for summons in entrusted_to(gone.user, meeting):
        outbox.queue(
            kind="entrusted_in_vain",
            recipient=summons.user,
            obligation=f"in_vain:{summons.pk}",
            step=str(gone.user_id),
            context={"meeting": meeting, "summons": summons, "person": gone.user},
            url_name="governance:summons_reply",
            url_args=[token_for(summons)],
            why=IN_VAIN_WHY,
        )


def still_entrusted(pairs: Pairs) -> Pairs:
    named = _summoned(pairs)
    people = Summons.objects.filter(pk__in=named.values()).values_list(
        "pk", "proxy_holder", "alternate"
    )
    now = {(person, pk) for pk, *both in people for person in both}
    return {pair for pair, pk in named.items() if (pair[0], pk) in now}


def still_in_vain(pairs: Pairs) -> Pairs:
    """Until they reply otherwise, or the meeting opens."""
    named = _summoned(pairs)
    waiting = set(
        Summons.objects.filter(
            pk__in=named.values(),
            meeting__status=MeetingStatus.SUMMONED,
            reply__in=[Reply.PROXY, Reply.ALTERNATE],
        ).values_list("user", "pk")
    )
    return {pair for pair, pk in named.items() if (pair[0], pk) in waiting}


def _summoned(pairs: Pairs) -> dict[tuple[int, str], int]:
    return {pair: int(pair[1].partition(":")[2]) for pair in pairs}
