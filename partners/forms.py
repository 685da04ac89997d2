from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.enums import Language, Wish
from partners.models import Membership, Preference, User
from smartport.forms import DateInput
from smartport.messages import Topic

CHOSEN_TOPICS = (Topic.REPORTS, Topic.MEETINGS, Topic.ACTIONS, Topic.AGREEMENTS, Topic.PEOPLE)


class PreferenceForm(forms.ModelForm):
    """What a person wants to be told, and how often; one choice per topic, kept in `Preference.topics`."""

    language = forms.ChoiceField(
        label=_("My language"),
        choices=Language.choices,
        help_text=_("For the messages you receive and for the portal when you sign in."),
    )

    class Meta:
        model = Preference
        fields = ("digest", "digest_weekday", "paused_from", "paused_until", "stand_in")
        widgets = {"paused_from": DateInput(), "paused_until": DateInput()}
        help_texts = {
            "digest": _("What changed on your projects and what you owe, in one message. Nothing new, no message."),
            "digest_weekday": _("For a weekly digest."),
            "paused_until": _("Last day, included."),
            "stand_in": _("A colleague who receives your messages while you are away."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        user = self.instance.user
        self.fields["language"].initial = user.language
        organisations = Membership.objects.active().filter(user=user).values("partner")
        colleagues = Membership.objects.active().filter(partner__in=organisations).values("user")
        self.fields["stand_in"].queryset = (
            User.objects.active().filter(pk__in=colleagues).exclude(pk=user.pk).order_by("last_name", "first_name", "pk")
        )
        for topic in CHOSEN_TOPICS:
            self.fields[f"topic_{topic.value}"] = forms.ChoiceField(
                label=topic.label,
                choices=Wish.choices,
                initial=self.instance.wish(topic),
                widget=forms.RadioSelect,
            )
        self.order_fields(["language", *(f"topic_{topic.value}" for topic in CHOSEN_TOPICS), *self.Meta.fields])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("paused_from"), cleaned.get("paused_until")
        if first and last and last < first:
            self.add_error("paused_until", _("The last day away comes before the first."))
        self.instance.topics = {
            topic.value: cleaned[name]
            for topic in CHOSEN_TOPICS
            if (name := f"topic_{topic.value}") in cleaned and cleaned[name] != Wish.NOW
        }
        return cleaned
