"""What comes next for the matter of a message: the rungs of the ladders that are still to be reached."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import override

from partners.models import Message, Preference
from partners.services.reminders import STEP
from smartport import messages, obligations


@dataclass(frozen=True, slots=True)
class Coming:
    on: date
    label: str | Promise


@dataclass(frozen=True, slots=True)
class Next:
    """`still_due` is None where nothing in the portal says whether the matter is done."""

    still_due: bool | None
    coming: list[Coming]
    wish: str = ""


def next_for(message: Message, today: date) -> Next:
    """Asked of the same rules as the sending: what is done, or no longer this person's, has nothing to come."""
    kind = messages.kinds.get(message.kind)
    if message.recipient is None or not message.obligation or kind is None:
        return Next(None, [])
    pair = (message.recipient.pk, message.obligation)
    concerned = [
        each
        for each in messages.kinds
        if each.topic == kind.topic and each.still_due and pair in each.still_due({pair})
    ]
    still_due = bool(concerned) if kind.still_due else None
    due_on = _due_on(message, today)
    coming = [
        Coming(day, each.label)
        for each in concerned
        if due_on
        for rung in each.ladder
        if (day := due_on + timedelta(days=rung)) >= today
    ]
    coming.sort(key=lambda one: one.on)
    wish = Preference.objects.filter(user=message.recipient).first()
    return Next(still_due, coming, wish.wish(kind.topic) if wish and kind.optional else "")


def _due_on(message: Message, today: date) -> date | None:
    """From the step of a reminder of the same matter, else from what the person owes today."""
    steps = Message.objects.filter(
        obligation=message.obligation, recipient=message.recipient
    ).order_by("-queued_at", "-id")
    for step in [message.step, *steps.values_list("step", flat=True)[:20]]:
        if found := STEP.fullmatch(step):
            return date.fromisoformat(found["due_on"])
    if message.recipient is None:
        return None
    with override(message.language):
        owed = obligations.standing(message.recipient, today).owed
    return next((one.due_on for one in owed if one.key == message.obligation), None)
