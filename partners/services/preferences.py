from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from partners.enums import DigestRhythm, Wish
from partners.models import Preference, User
from smartport import messages
from smartport.messages import Topic


@transaction.atomic
def save_preferences(*, actor: User, preference: Preference, language: str) -> Preference:
    preference.user = actor
    preference.save()
    if actor.language != language:
        actor.language = language
        actor.save(update_fields=["language"])
    return preference


@transaction.atomic
def stop_topic(*, actor: User, topic: Topic) -> str:
    """From one click in a mail: this topic, and nothing else, is no longer sent. Returns what was wished before."""
    preference = _locked(actor)
    before = preference.digest if topic == Topic.DIGEST else preference.wish(topic)
    _choose(preference, topic, DigestRhythm.NEVER if topic == Topic.DIGEST else Wish.NEVER)
    return before


@transaction.atomic
def restore_topic(*, actor: User, topic: Topic, wish: str) -> None:
    """Takes back what `stop_topic` did; `wish` is what it returned."""
    if topic == Topic.DIGEST:
        choice = str(DigestRhythm.WEEKLY if wish == DigestRhythm.NEVER else DigestRhythm(wish))
    else:
        choice = str(Wish.NOW if wish == Wish.NEVER else Wish(wish))
    _choose(_locked(actor), topic, choice)


def kinds_of(topic: Topic, *, optional: bool) -> list[str]:
    """The labels of the kinds of message of a topic that can be turned off, or those that cannot."""
    return [
        str(kind.label)
        for kind in messages.kinds
        if kind.topic == topic and kind.optional == optional
    ]


def said_of(topic: Topic) -> str:
    """What a choice about a topic reaches, and what it does not."""
    chosen, fixed = kinds_of(topic, optional=True), kinds_of(topic, optional=False)
    said = [_("Concerns: %(kinds)s.") % {"kinds": _listed(chosen)}] if chosen else []
    if fixed:
        said.append(_("Always sent, at once: %(kinds)s.") % {"kinds": _listed(fixed)})
    return " ".join(said)


def _listed(labels: Iterable[str]) -> str:
    return ", ".join(label[:1].lower() + label[1:] for label in labels)


def _locked(user: User) -> Preference:
    return Preference.objects.select_for_update().get_or_create(user=user)[0]


def _choose(preference: Preference, topic: Topic, choice: str) -> None:
    if topic == Topic.DIGEST:
        preference.digest = choice
    else:
        topics = {name: wish for name, wish in preference.topics.items() if name != topic.value}
        preference.topics = topics if choice == Wish.NOW else {**topics, topic.value: str(choice)}
    preference.save(update_fields=["digest", "topics"])
