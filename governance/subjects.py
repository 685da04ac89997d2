"""What anyone may follow of the committees by e-mail: the series they approve."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from governance.models import Decision
from projects.changes import window
from smartport.messages import News, Topic
from smartport.subscriptions import Subject


def _approvals(value: str, after: datetime, until: datetime) -> Iterator[News]:
    approved = (
        Decision.objects.public()
        .approving_series()
        .standing()
        .filter(recorded_by__isnull=False, **window("recorded_at", after, until))
        .select_related("committee", "meeting")
        .order_by("-recorded_at", "-pk")
    )
    for decision in approved:
        title = f"{decision.reference} {decision.title}"
        yield News(
            str(decision.committee),
            title,
            decision.recorded_at,
            decision.get_absolute_url(),
            decision.meeting.is_demo,
            Topic.MEETINGS,
        )


APPROVALS = Subject(
    clean=lambda value: "",
    label=lambda value: _("Approvals of the Smart Port committees"),
    page=lambda value: reverse("governance:decision_list"),
    changes=_approvals,
)
