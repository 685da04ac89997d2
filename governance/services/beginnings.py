"""What the agenda of a new meeting begins with: the standing order of business, or that of the meeting before."""

from django.db import transaction
from django.db.models import Max

from governance.enums import Effect, ItemKind
from governance.models import AgendaItem, Meeting
from governance.services.agenda import demand_secretariat
from governance.services.suggestions import ACTIONS_TITLE, COPIED, standing_text, take_fixed
from partners.models import User
from smartport.bilingual import columns, texts

DEFAULT, LIKE_BEFORE, EMPTY = "default", "before", "empty"
RECURRING = (ItemKind.PROGRESS, ItemKind.INFORMATION, ItemKind.OTHER)
NOT_COPIED = {"note_fr", "note_en", "proposed_decision_fr", "proposed_decision_en", "effect"}


@transaction.atomic
def begin_agenda(
    *, actor: User, meeting: Meeting, source: str, like: Meeting | None = None
) -> None:
    """The previous minutes, the open actions, then the default agenda or the recurring items of `like`.

    `source` is DEFAULT, LIKE_BEFORE or EMPTY. Nothing is drafted for a written consultation.
    """
    demand_secretariat(actor)
    if source == EMPTY or meeting.is_written:
        return
    take_fixed(actor=actor, meeting=meeting)
    position = meeting.agenda.aggregate(last=Max("position"))["last"] or 0
    rows = _like(like) if source == LIKE_BEFORE and like else _default(meeting)
    for place, fields in enumerate(rows, start=position + 1):
        AgendaItem.objects.create(meeting=meeting, position=place, proposed_by=actor, **fields)


def _default(meeting: Meeting) -> list[dict]:
    return [
        {
            "kind": ItemKind.INFORMATION,
            "minutes": item.minutes,
            **columns("title", texts(item, "title")),
        }
        for item in meeting.committee.standing_items.order_by("position")
    ]


def _like(before: Meeting) -> list[dict]:
    """Items that come back at each meeting: about no single project or agreement, without effect."""
    actions = standing_text(ACTIONS_TITLE)["title_fr"]
    items = before.agenda.filter(
        kind__in=RECURRING, project=None, agreement=None, effect=Effect.NONE, late=False
    )
    return [
        {name: getattr(item, name) for name in COPIED if name not in NOT_COPIED}
        for item in items.exclude(title_fr=actions).order_by("position")
    ]
