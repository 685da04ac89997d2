"""What programs send: bodies without unknown names, and the version they were made from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from smartport import dates

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description=gettext_lazy(
        "The ETag of the version that this changes: 428 without it, 412 when it is no longer current."
    ),
)


class Moment(serializers.DateTimeField):
    """A date with its time; one that no calendar of the portal can hold is a wrong value, not a failure."""

    default_error_messages = {
        "skipped": gettext_lazy("Clocks go forward over this time that night.")
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        try:
            known = timezone.is_aware(value) or dates.at_clock(value.date(), value.time())
            moment = super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")
        return moment if known else self.fail("skipped")


class StrictSerializer(serializers.Serializer):
    """Refuses names it does not have: a typing error would otherwise be lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = set(map(str, data)) - set(self.fields) if isinstance(data, Mapping) else ()
        if unknown:
            named = sorted(unknown)[:20]
            raise serializers.ValidationError({name[:100]: [_("Unknown name.")] for name in named})
        return super().to_internal_value(data)
