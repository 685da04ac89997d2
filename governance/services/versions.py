"""From one version of a pack to the next: what differs, in words, and what an item not ready falls back to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.enums import Audience
from governance.models import Meeting, Pack, PackReading
from governance.services.snapshots import take_snapshot
from governance.typesetting.differences import ADDED, CHANGED, REMOVED, Difference, differences
from governance.typesetting.formats import say
from governance.typesetting.labels import LABELS
from governance.typesetting.snapshot import Annex, Item, Snapshot
from partners.models import User

WHAT: dict[str, Promise] = {
    ADDED: gettext_lazy("added"),
    REMOVED: gettext_lazy("removed"),
    CHANGED: gettext_lazy("changed"),
}

FIELDS: dict[str, Promise] = {
    "title": gettext_lazy("title"),
    "number": gettext_lazy("place on the agenda"),
    "rapporteur": gettext_lazy("rapporteur"),
    "note": gettext_lazy("note"),
    "proposed_decision": gettext_lazy("proposed decision"),
    "confidential": gettext_lazy("confidentiality"),
    "projects": gettext_lazy("projects concerned"),
    "report": gettext_lazy("accepted report"),
    "history": gettext_lazy("accepted report"),
    "milestones": gettext_lazy("milestones"),
    "indicators": gettext_lazy("indicators"),
    "money": gettext_lazy("funding"),
    "amended": gettext_lazy("what the amendment changes"),
    "risks": gettext_lazy("risks"),
    "state": gettext_lazy("state"),
    "sha256": gettext_lazy("file"),
    "on": gettext_lazy("day"),
    "place": gettext_lazy("place"),
    "people": gettext_lazy("people summoned"),
}


@dataclass(frozen=True)
class Line:
    """One difference as people read it: `title` (`what`, `details`); `item` is the key of the agenda item it is
    under, empty for the parts around the items."""

    kind: str
    key: str
    title: str
    what: str
    details: str = ""
    confidential: bool = False
    item: str = ""

    def __str__(self) -> str:
        return f"{self.title} ({self.what}{', ' if self.details else ''}{self.details})"


def in_words(old: Snapshot, new: Snapshot, language: str) -> list[Line]:
    """What differs between two snapshots, in the language that is active, titles in `language`."""
    return [_line(difference, old, new, language) for difference in differences(old, new)]


def since_version(pack: Pack, before: Pack) -> list[Line]:
    old, new = Snapshot.from_plain(before.snapshot), Snapshot.from_plain(pack.snapshot)
    return in_words(old, new, new.languages[0])


def differs_from(issued: Pack, meeting: Meeting) -> list[Line]:
    """What the next version would change, were it built now. Empty when nothing differs."""
    old = Snapshot.from_plain(issued.snapshot)
    now = take_snapshot(
        meeting=meeting,
        audience=issued.audience,
        language=issued.language,
        version=issued.version + 1,
        prepared_at=timezone.now(),
    )
    return in_words(old, with_fallback(now, old, unready(meeting)), old.languages[0])


@dataclass(frozen=True)
class Differs:
    """What was prepared since `issued`: under each agenda item, and around them."""

    issued: Pack
    by_item: dict[int, list[Line]]
    around: list[Line]

    @property
    def count(self) -> int:
        return len(self.by_item) + len(self.around)


def differs_item_by_item(meeting: Meeting) -> Differs | None:
    """From the last full pack issued; None before there is one."""
    issued = (
        Pack.objects.issued()
        .filter(meeting=meeting, audience=Audience.FULL)
        .order_by("-version", "-language")
        .first()
    )
    if issued is None:
        return None
    found = Differs(issued, {}, [])
    for line in differs_from(issued, meeting):
        if line.item and line.what != str(WHAT[REMOVED]):
            found.by_item.setdefault(int(line.item), []).append(line)
        else:
            found.around.append(line)
    return found


def unready(meeting: Meeting) -> set[str]:
    return {str(pk) for pk in meeting.agenda.filter(ready=False).values_list("pk", flat=True)}


def with_fallback(now: Snapshot, issued: Snapshot, not_ready: set[str]) -> Snapshot:
    """Items that are not ready keep the content they were issued with, at the place they have now."""
    before = {item.key: item for item in issued.items}
    kept = [item.key for item in now.items if item.key in not_ready and item.key in before]
    if not kept:
        return now
    items = [_placed(before[item.key], item) if item.key in kept else item for item in now.items]
    fresh = {key for item in items if item.key not in kept for key in item.projects}
    sheets = {sheet.key: sheet for sheet in issued.sheets} | {
        sheet.key: sheet for sheet in now.sheets if sheet.key in fresh
    }
    printed = dict.fromkeys(key for item in items for key in item.projects)
    return replace(now, items=items, sheets=[sheets[key] for key in printed if key in sheets])


def _placed(old: Item, now: Item) -> Item:
    annexes = [
        replace(annex, number=f"{now.number}.{annex.number.rpartition('.')[2]}")
        for annex in old.annexes
    ]
    return replace(old, number=now.number, annexes=annexes)


def last_read(user: User, pack: Pack) -> Pack | None:
    """The version of this pack that this person opened last, if it is an earlier one."""
    reading = (
        PackReading.objects.filter(
            user=user,
            pack__meeting=pack.meeting_id,
            pack__audience=pack.audience,
            pack__language=pack.language,
            pack__version__lt=pack.version,
        )
        .select_related("pack")
        .order_by("-last_at")
        .first()
    )
    return reading.pack if reading else None


def version_before(pack: Pack) -> Pack | None:
    earlier: QuerySet[Pack] = Pack.objects.issued().filter(
        meeting=pack.meeting_id,
        audience=pack.audience,
        language=pack.language,
        version__lt=pack.version,
    )
    return earlier.order_by("-version").first()


def record_reading(*, actor: User, pack: Pack) -> PackReading:
    """This person has this version before their eyes now."""
    reading, made = PackReading.objects.get_or_create(pack=pack, user=actor)
    if not made:
        reading.last_at = timezone.now()
        reading.save(update_fields=["last_at"])
    return reading


def _line(difference: Difference, old: Snapshot, new: Snapshot, language: str) -> Line:
    side = old if difference.what == REMOVED else new
    title, item = _title(difference, side, language)
    fields = dict.fromkeys(str(FIELDS[name]) for name in difference.fields if name in FIELDS)
    return Line(
        kind=difference.kind,
        key=difference.key,
        title=title,
        what=str(WHAT[difference.what]),
        details=", ".join(fields) if difference.what == CHANGED else "",
        confidential=item.confidential if item else False,
        item=item.key if item else "",
    )


def _title(difference: Difference, side: Snapshot, language: str) -> tuple[str, Item | None]:
    kind, key = difference.kind, difference.key
    if kind == "item":
        item = next(item for item in side.items if item.key == key)
        return f"{item.number}. {say(item.title, language)}", item
    if kind == "project":
        sheet = next(sheet for sheet in side.sheets if sheet.key == key)
        under = [item for item in side.items if key in item.projects]
        public = [item for item in under if not item.confidential]
        return say(sheet.title, language), next(iter(public or under), None)
    if kind == "annex":
        item, annex = _annex(side, key)
        label = _("Annex %(number)s") % {"number": annex.number}
        return f"{label} · {say(annex.title, language)}", item
    return str(LABELS.get(kind, _("Meeting"))), None


def _annex(side: Snapshot, number: str) -> tuple[Item, Annex]:
    return next(
        (item, annex) for item in side.items for annex in item.annexes if annex.number == number
    )
