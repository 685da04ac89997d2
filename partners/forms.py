from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.enums import DigestRhythm, Language, MembershipRole, TokenScope, Wish
from partners.models import Announcement, Invitation, Membership, Preference, User
from partners.services import preferences
from smartport import subscriptions
from smartport.forms import DateInput
from smartport.groups import all_groups
from smartport.messages import Topic
from smartport.subscriptions import LONGEST_VALUE

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
        fields = (
            "digest",
            "digest_weekday",
            "digest_month_day",
            "paused_from",
            "paused_until",
            "stand_in",
        )
        widgets = {"paused_from": DateInput(), "paused_until": DateInput()}
        help_texts = {
            "digest": _(
                "What changed on your projects and what you owe, in one message. Nothing new, no message."
            ),
            "digest_weekday": _("For a weekly digest."),
            "digest_month_day": _(
                "For a monthly digest. A shorter month: its last day. A weekend: the Monday after."
            ),
            "paused_until": _("Last day, included."),
            "stand_in": _(
                "A colleague of your organisation who receives your messages while you are away, as far as they "
                "may see what these are about. Your digest waits for you."
            ),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        user = self.instance.user
        self.fields["language"].initial = user.language
        month_day = self.fields["digest_month_day"]
        month_day.min_value, month_day.max_value = 1, 31
        month_day.validators += [MinValueValidator(1), MaxValueValidator(31)]
        month_day.widget.attrs.update({"min": 1, "max": 31})
        self.fields["stand_in"].queryset = colleagues_of(user)
        self.topics = [t for t in CHOSEN_TOPICS if preferences.kinds_of(t, optional=True)]
        for topic in self.topics:
            self.fields[topic_field(topic)] = forms.ChoiceField(
                label=topic.label,
                choices=Wish.choices,
                initial=self.instance.wish(topic),
            )

    @property
    def topic_fields(self) -> list[tuple[forms.BoundField, str]]:
        """Each with what it reaches and what it does not."""
        return [(self[topic_field(topic)], preferences.said_of(topic)) for topic in self.topics]

    @property
    def fixed_topics(self) -> list[tuple[str | Promise, str]]:
        """Topics without a choice, with what is always sent of each."""
        return [
            (topic.label, preferences.said_of(topic))
            for topic in [*CHOSEN_TOPICS, Topic.SECURITY]
            if topic not in self.topics and preferences.said_of(topic)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("paused_from"), cleaned.get("paused_until")
        if first and last and last < first:
            self.add_error("paused_until", _("The last day away comes before the first."))
        wishes = {
            topic: cleaned[name] for topic in self.topics if (name := topic_field(topic)) in cleaned
        }
        if cleaned.get("digest") == DigestRhythm.NEVER and Wish.DIGEST in wishes.values():
            self.add_error(
                "digest", _("You want some topics in the digest: choose how often it comes.")
            )
        self.instance.topics = {
            topic.value: wish for topic, wish in wishes.items() if wish != Wish.NOW
        }
        return cleaned


def topic_field(topic: Topic) -> str:
    return f"topic_{topic.value}"


def colleagues_of(user: User) -> QuerySet:
    """Who may stand in for a person: the others of their organisations."""
    return (
        User.objects.active()
        .filter(pk__in=Membership.objects.colleagues_of(user))
        .exclude(pk=user.pk)
        .order_by("last_name", "first_name", "pk")
    )


class SubscribeForm(forms.Form):
    """An address, and what it follows; the subject and its value travel hidden."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    subject = forms.CharField(max_length=20, widget=forms.HiddenInput)
    value = forms.CharField(
        max_length=LONGEST_VALUE, required=False, strip=False, widget=forms.HiddenInput
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "subject" in given and "value" in given:
            given["value"] = subscriptions.cleaned(given["subject"], given["value"])
            if given["value"] is None:
                raise forms.ValidationError(
                    _(
                        "This cannot be followed: it is not public, or no longer. Go back to its page."
                    )
                )
        return given


class AnnouncementForm(forms.ModelForm):
    group = forms.ChoiceField(label=_("To"))

    class Meta:
        model = Announcement
        fields = ("group", "subject_fr", "text_fr", "subject_en", "text_en")
        widgets = {
            "text_fr": forms.Textarea(attrs={"rows": 8, "lang": "fr"}),
            "text_en": forms.Textarea(attrs={"rows": 8, "lang": "en"}),
        }
        help_texts = {
            "text_fr": _(
                "Without greeting or signature: both are added. Web addresses become links."
            ),
            "text_en": _("Needed where some of the group read English."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["group"].choices = [
            ("", "—"),
            *((group.key, group.label) for group in all_groups()),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for given, missing in (("subject_en", "text_en"), ("text_en", "subject_en")):
            if cleaned.get(given) and not cleaned.get(missing) and missing not in self.errors:
                self.add_error(missing, _("Write both the subject and the text, or neither."))
        return cleaned


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("What the token is for, so that you know it again."),
    )
    scope = forms.ChoiceField(
        label=_("It may"),
        choices=TokenScope.choices,
        initial=TokenScope.READ,
        widget=forms.RadioSelect,
    )
    days = forms.TypedChoiceField(
        label=_("It expires"),
        choices=[
            (30, _("in 30 days")),
            (90, _("in 90 days")),
            (180, _("in 180 days")),
            (365, _("in a year")),
        ],
        coerce=int,
        initial=90,
    )


class InvitationForm(forms.ModelForm):
    role = forms.ChoiceField(
        label=_("Role"),
        choices=MembershipRole.choices,
        initial=MembershipRole.CONTRIBUTOR,
        widget=forms.RadioSelect,
        help_text=_(
            "A contributor writes reports; a manager also invites people, signs and records payments."
        ),
    )

    class Meta:
        model = Invitation
        fields = ("email", "role", "language")
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "off"})}
        help_texts = {
            "language": _("For the message of invitation; the person can change it."),
        }


class RoleForm(forms.ModelForm):
    role = forms.ChoiceField(
        label=_("Role"), choices=MembershipRole.choices, widget=forms.RadioSelect
    )

    class Meta:
        model = Membership
        fields = ("role",)


class EndMembershipForm(forms.Form):
    last_day = forms.DateField(label=_("Last day"), widget=DateInput(), help_text=_("Included."))
    successor = forms.ModelChoiceField(
        label=_("Who goes on"),
        queryset=User.objects.none(),
        required=False,
        help_text=_(
            "Receives the list of what waits, drafts included, and the actions in this name."
        ),
    )

    def __init__(
        self, *args: Any, membership: Membership, something_waits: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["successor"].queryset = (
            User.objects.active()
            .of(membership.partner)
            .exclude(pk=membership.user_id)
            .order_by("last_name", "first_name", "pk")
        )
        if something_waits:
            managers = Membership.objects.active().managers().filter(partner=membership.partner)
            staying = managers.exclude(user=membership.user_id).order_by("start", "pk").first()
            self.fields["successor"].initial = staying and staying.user_id


class AcceptForm(forms.Form):
    """A new account: a name, and a password for those who want one."""

    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150)
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "Twelve characters at least. Leave it empty to sign in with a link sent to your address."
        ),
    )

    def __init__(self, *args: Any, email: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.email = email

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if password:
            person = User(email=self.email, first_name=self.data.get("first_name", ""))
            validate_password(password, person)
        return password
