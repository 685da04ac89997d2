"""The projects the caller follows or has muted."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from projects.enums import Interest
from projects.models import Following, Project
from projects.services.following import set_interest
from smartport.api.access import SignedIn, WithinScope
from smartport.api.fields import Reference, base_address
from smartport.api.views import ApiView
from smartport.api.writing import StrictSerializer


class FollowingSerializer(serializers.ModelSerializer):
    project = Reference("projects", name="title")

    class Meta:
        model = Following
        fields = ["project", "interest", "since"]
        read_only_fields = fields


class InterestSent(StrictSerializer):
    project = serializers.SlugRelatedField("code", queryset=Project.objects.none())
    interest = serializers.ChoiceField(
        choices=[*Interest.choices, ("", "")], help_text="Empty: neither followed nor muted."
    )

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        if request := self.context.get("request"):  # none where the description is made
            self.fields["project"].queryset = Project.objects.visible_to(request.user)


class Followings(ApiView):
    """Setting an interest again changes nothing, so no version is asked for."""

    permission_classes = [SignedIn, WithinScope]
    title = _("My projects")
    summary = _("The projects you follow or have muted.")

    @extend_schema(operation_id="me_followings", responses=FollowingSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(self._rows(request))

    @extend_schema(
        operation_id="me_followings_set",
        request=InterestSent,
        responses=FollowingSerializer(many=True),
    )
    def post(self, request: Request) -> Response:
        sent = InterestSent(data=request.data, context={"request": request})
        sent.is_valid(raise_exception=True)
        set_interest(actor=request.user, **sent.validated_data)
        return Response(self._rows(request))

    def _rows(self, request: Request) -> list[dict]:
        rows = Following.objects.visible_to(request.user).select_related("project")
        context = {"request": request, "base": base_address(request)}
        return FollowingSerializer(rows.order_by("-since", "-pk"), many=True, context=context).data
