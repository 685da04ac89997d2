"""Addresses that refuse mail: remembered, told to who can mend it, forgotten as soon as mail passes again."""

from collections.abc import Iterable, Iterator

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Membership, Message, User
from partners.services import outbox
from partners.services.acting import Pairs, people_of
from smartport.messages import Notice

KIND = "address_failed"
MANAGERS = _("You manage an organisation of this person.")
SECRETARIAT = _("No manager of this person’s organisation can do it.")


def works_again(people: Iterable[int]) -> None:
    """Mail passed, the person confirmed the address, or it is to be tried again; if it refuses, it is flagged again."""
    User.objects.filter(pk__in=list(people), address_failed_at__isnull=False).update(
        address_failed_at=None
    )


@transaction.atomic
def failed(*, message: Message) -> None:
    """Told to the managers of each organisation of the person; to the secretariat where no other can be reached."""
    person = User.objects.select_for_update().filter(pk=message.recipient_id).first()
    if (
        person is None
        or person.address_failed_at
        or person.email.lower() != message.address.lower()
    ):
        return
    person.address_failed_at = timezone.now()
    person.save(update_fields=["address_failed_at"])
    outbox.queue_many(kind=KIND, notices=list(_notices(person, message)))


def _notices(person: User, message: Message) -> Iterator[Notice]:
    memberships = list(Membership.objects.active().filter(user=person).select_related("partner"))
    told = False
    for membership in memberships:
        if managers := _reachable_managers(person, membership.partner_id):
            told = True
            yield _notice(person, managers, "partners:people", membership.partner.slug)
    if told:
        return
    office = list(User.objects.secretariat().exclude(pk=person.pk))
    if memberships:
        page = ("partners:people", memberships[0].partner.slug)
    else:
        page = ("partners:outbox_message", str(message.pk))
    yield _notice(person, office, *page, to_office=True)


def _notice(
    person: User, readers: list[User], page: str, about: str, *, to_office: bool = False
) -> Notice:
    return Notice(
        obligation=f"address:{person.pk}:{person.address_failed_at:%Y%m%d%H%M}",
        recipients=readers,
        context={"person": person.get_full_name(), "to_office": to_office},
        url_name=page,
        url_args=[about],
        why=SECRETARIAT if to_office else MANAGERS,
    )


def _reachable_managers(person: User, partner: int) -> list[User]:
    managers = people_of([partner], managers=True).get(partner, [])
    return [one for one in managers if one != person and not one.address_failed_at]


def still_fails(pairs: Pairs) -> Pairs:
    """Named `address:<person>:<when>`: for those who manage an organisation of that person, or the secretariat."""
    found = set()
    office = set(User.objects.secretariat().values_list("pk", flat=True))
    for reader, about in pairs:
        number = about.split(":")[1] if about.count(":") > 1 else ""
        person = User.objects.filter(pk=number or 0, address_failed_at__isnull=False).first()
        if person is None:
            continue
        if reader in office or User.objects.managers_of(person).filter(pk=reader).exists():
            found.add((reader, about))
    return found
