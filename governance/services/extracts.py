"""What the public reads of a meeting: drafted from its public decisions, published, replaced by a later one."""

from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from governance.enums import Outcome
from governance.errors import MinutesNotReady
from governance.models import Decision, Meeting, Minutes, MinutesExtract
from governance.permissions import can_publish_extract
from governance.services.agenda import demand_secretariat
from governance.services.answered import organisations_answering, period_of
from partners.models import User
from smartport import bilingual, dates


def draft_extract(meeting: Meeting) -> dict[str, str]:
    """By language. Confidential items, people and what is not public are left out."""
    written = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            written[code] = "\n\n".join(filter(None, _blocks(meeting)))
    return written


def _blocks(meeting: Meeting) -> Iterator[str]:
    if meeting.is_written:
        yield f"{meeting.committee}. {period_of(meeting)}."
        if answered := ", ".join(organisations_answering(meeting)):
            yield _("Organisations that answered: %(names)s.") % {"names": answered}
    else:
        yield from _held(meeting)
    public = Decision.objects.public().filter(meeting=meeting)
    for decision in public.select_related("item").order_by("number"):
        yield "\n".join(_lines(decision))


def _held(meeting: Meeting) -> Iterator[str]:
    day = dates.day(meeting.day)
    yield ", ".join(filter(None, [str(meeting.committee), day, meeting.place]))
    seats = meeting.attendances.filter(seat__isnull=False).select_related("seat__partner")
    there = dict.fromkeys(
        str(stay.seat.partner) for stay in seats.order_by("seat__position") if stay.seat
    )
    if there:
        yield _("Organisations present: %(names)s.") % {"names": ", ".join(there)}


def _lines(decision: Decision) -> Iterator[str]:
    outcome = str(decision.get_outcome_display()).lower()
    yield _("Decision %(number)s, %(title)s: %(outcome)s") % {
        "number": decision.reference,
        "title": decision.title,
        "outcome": outcome,
    }
    yield decision.text
    if decision.outcome == Outcome.APPROVED_WITH_CONDITIONS:
        yield _("%(label)s: %(names)s") % {"label": _("Conditions"), "names": decision.conditions}
    if decision.votes_for is not None:
        yield _("%(a)s for, %(b)s against, %(c)s abstaining") % {
            "a": decision.votes_for,
            "b": decision.votes_against or 0,
            "c": decision.votes_abstain or 0,
        }


@transaction.atomic
def publish(*, actor: User, minutes: Minutes, texts: dict[str, str]) -> MinutesExtract:
    """The public reads it from now on; the same texts again change nothing. Raises MinutesNotReady."""
    demand_secretariat(actor)
    minutes = (
        Minutes.objects.select_for_update(of=["self"]).select_related("meeting").get(pk=minutes.pk)
    )
    if not can_publish_extract(actor, minutes):
        raise MinutesNotReady(
            _("The minutes are not approved yet."),
            remedy=_("The public reads an extract of approved minutes only."),
        )
    last = minutes.extracts.first()
    if last and bilingual.texts(last, "text") == texts:
        return last
    return MinutesExtract.objects.create(
        minutes=minutes,
        number=(last.number if last else 0) + 1,
        **bilingual.columns("text", texts),
        published_by=actor,
    )
