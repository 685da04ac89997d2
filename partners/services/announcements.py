"""Messages of the secretariat to a group: a draft, a look at what each reads and how many they are, one sending."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.enums import AnnouncementState, Language
from partners.errors import AlreadySent, EnglishMissing, GroupChanged, MayNotWriteToGroups
from partners.models import Announcement, User
from partners.permissions import can_steer_messages
from partners.services import outbox
from partners.services.rendering import Written, write
from smartport import messages
from smartport.groups import group_of
from smartport.messages import Notice

KIND = "announcement"


@transaction.atomic
def save_announcement(*, actor: User, announcement: Announcement) -> Announcement:
    _demand_office(actor)
    if announcement.pk:
        _still_a_draft(Announcement.objects.select_for_update().get(pk=announcement.pk))
    else:
        announcement.author = actor
    announcement.save()
    return announcement


@transaction.atomic
def delete_announcement(*, actor: User, announcement: Announcement) -> None:
    _demand_office(actor)
    announcement = Announcement.objects.select_for_update().get(pk=announcement.pk)
    _still_a_draft(announcement)
    announcement.delete()


def readers_of(announcement: Announcement) -> list[User]:
    """Those of the group today who may sign in, in the order of their names."""
    group = group_of(announcement.group)
    if group is None:
        return []
    return list(group.people().filter(is_active=True).order_by("last_name", "first_name", "pk"))


def english_missing(announcement: Announcement, people: Sequence[User]) -> int:
    """How many of them read English, where there is no text for them."""
    if announcement.text_en:
        return 0
    return sum(person.language == Language.EN for person in people)


def preview(announcement: Announcement, language: str) -> Written:
    return write(
        messages.kinds[KIND],
        language=language,
        reader=None,
        context=announcement.words(language),
        why=_why(announcement),
    )


@transaction.atomic
def send_announcement(*, actor: User, announcement: Announcement, expected: int) -> Announcement:
    """Queue it for the group, as many as were shown. Raises GroupChanged, EnglishMissing, AlreadySent."""
    _demand_office(actor)
    announcement = Announcement.objects.select_for_update().get(pk=announcement.pk)
    _still_a_draft(announcement)
    people = readers_of(announcement)
    if not people or len(people) != expected:
        raise GroupChanged(
            _("The group has changed since you looked: it now counts %(count)s.")
            % {"count": len(people)},
            remedy=_("Look again, then send."),
        )
    notices = []
    for language in Language.values:
        readers = [person for person in people if person.language == language]
        if readers and not announcement.words(language)["text"]:
            raise EnglishMissing(
                _("Some of the group read English: %(count)s.") % {"count": len(readers)},
                remedy=_("Write the subject and the text in English too."),
            )
        notices.append(
            Notice(
                obligation=f"announcement:{announcement.pk}",
                recipients=readers,
                context=announcement.words(language),
                why=_why(announcement),
            )
        )
    outbox.queue_many(kind=KIND, notices=notices, step="sent")
    announcement.state, announcement.sent_at = AnnouncementState.SENT, timezone.now()
    announcement.count = len(people)
    announcement.save(update_fields=["state", "sent_at", "count"])
    return announcement


def _why(announcement: Announcement) -> Any:
    group = group_of(announcement.group)
    return format_lazy(
        gettext_lazy("The secretariat writes to this group: {group}."),
        group=group.label if group else announcement.group,
    )


def _still_a_draft(announcement: Announcement) -> None:
    if announcement.state != AnnouncementState.DRAFT:
        raise AlreadySent(_("This message was sent already: nobody receives it twice."))


def _demand_office(actor: User) -> None:
    if not can_steer_messages(actor):
        raise MayNotWriteToGroups(_("Only the secretariat writes to groups."))
