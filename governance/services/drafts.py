"""What is typed at the table and not recorded yet: kept for its author, on any device, until it is recorded."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from governance.models import AgendaItem, OutcomeDraft
from governance.services.agenda import demand_secretariat
from partners.models import User


@transaction.atomic
def keep_draft(
    *, actor: User, item: AgendaItem, content: Mapping[str, str], revision: int
) -> OutcomeDraft:
    """`revision` is the item's that the text was started from; the last text of each author is kept."""
    demand_secretariat(actor)
    draft, _created = OutcomeDraft.objects.update_or_create(
        item=item,
        author=actor,
        defaults={"content": dict(content), "revision": revision, "saved_at": timezone.now()},
    )
    return draft


@transaction.atomic
def forget_draft(*, actor: User, item: AgendaItem) -> None:
    OutcomeDraft.objects.filter(item=item, author=actor).delete()
