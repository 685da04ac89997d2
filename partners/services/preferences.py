from django.db import transaction

from partners.enums import DigestRhythm, Wish
from partners.models import Preference, User
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
def stop_topic(*, actor: User, topic: Topic) -> Preference:
    """From one click in a mail: this topic, and nothing else, is no longer sent."""
    preference, _created = Preference.objects.select_for_update().get_or_create(user=actor)
    if topic == Topic.DIGEST:
        preference.digest = DigestRhythm.NEVER
    else:
        preference.topics = {**preference.topics, topic.value: Wish.NEVER.value}
    preference.save(update_fields=["digest", "topics"])
    return preference
