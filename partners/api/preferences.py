"""What the caller wants to be told, and how often: the same choices and the same rules as on the page."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from partners.enums import DigestRhythm, Language, Weekday, Wish
from partners.forms import PreferenceForm, colleagues_of
from partners.models import Preference, User
from partners.services.preferences import save_preferences
from smartport.api import conditional
from smartport.api.access import SignedIn, WithinScope
from smartport.api.views import ApiView
from smartport.api.writing import IF_MATCH, StrictSerializer


class Colleague(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField(source="get_full_name")


class PreferencesSerializer(serializers.Serializer):
    language = serializers.ChoiceField(choices=Language.choices)
    digest = serializers.ChoiceField(choices=DigestRhythm.choices)
    digest_weekday = serializers.ChoiceField(choices=Weekday.choices)
    digest_month_day = serializers.IntegerField(min_value=1, max_value=31)
    topics = serializers.DictField(
        child=serializers.ChoiceField(choices=Wish.choices),
        help_text="By topic; what cannot be turned off is sent all the same.",
    )
    paused_from = serializers.DateField(allow_null=True)
    paused_until = serializers.DateField(allow_null=True)
    stand_in = serializers.IntegerField(allow_null=True, help_text="One of `colleagues`.")
    colleagues = Colleague(many=True, read_only=True)


class PreferencesSent(StrictSerializer, PreferencesSerializer):
    """Parts of the choices; what is not named stays."""

    colleagues = None


class Preferences(ApiView):
    title = _("My preferences")
    summary = _("What you are told, and how often.")
    permission_classes = [SignedIn, WithinScope]

    @extend_schema(operation_id="me_preferences", responses=PreferencesSerializer)
    def get(self, request: Request) -> Response:
        return Response(_data(request.user, _of(request.user)))

    @extend_schema(
        operation_id="me_preferences_change",
        request=PreferencesSent,
        responses=PreferencesSerializer,
        parameters=[IF_MATCH],
    )
    def patch(self, request: Request) -> Response:
        sent = PreferencesSent(data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        with transaction.atomic():
            user = User.objects.select_for_update().get(pk=request.user.pk)
            preference = _of(user)
            current = _data(user, preference)
            conditional.check_match(request, current)
            form = PreferenceForm(_as_form(current, sent.validated_data), instance=preference)
            if not form.is_valid():
                raise serializers.ValidationError(
                    {name: [str(error) for error in errors] for name, errors in form.errors.items()}
                )
            save_preferences(
                actor=user,
                preference=form.save(commit=False),
                language=form.cleaned_data["language"],
            )
        return Response(_data(user, preference))


def _of(user: User) -> Preference:
    return Preference.objects.filter(user=user).first() or Preference(user=user)


def _data(user: User, preference: Preference) -> dict[str, Any]:
    form = PreferenceForm(instance=preference)
    return PreferencesSerializer(
        {
            "language": user.language,
            "digest": preference.digest,
            "digest_weekday": preference.digest_weekday,
            "digest_month_day": preference.digest_month_day,
            "topics": {topic.value: preference.wish(topic) for topic in form.topics},
            "paused_from": preference.paused_from,
            "paused_until": preference.paused_until,
            "stand_in": preference.stand_in_id,
            "colleagues": colleagues_of(user),
        }
    ).data


def _as_form(current: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """What the page's form would send: the choices of now, and over them those that were sent."""
    if set(sent.get("topics", {})) - set(current["topics"]):
        raise serializers.ValidationError({"topics": [_("Unknown name.")]})
    wishes = {**current["topics"], **sent.get("topics", {})}
    topics = {f"topic_{name}": wish for name, wish in wishes.items()}
    fields = {**current, **sent}
    fields = {n: value for n, value in fields.items() if n not in {"topics", "colleagues"}}
    return {name: "" if value is None else value for name, value in {**fields, **topics}.items()}
