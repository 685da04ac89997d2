from datetime import date

from celery import shared_task
from django.utils import timezone

from partners.services.schedule import noted
from projects.services import campaigns, facet_blocks


@shared_task
@noted
def open_reports(on: str = "") -> int:
    """`on` is an ISO date, today if empty."""
    return campaigns.open_reports(on=date.fromisoformat(on) if on else timezone.localdate())


@shared_task
@noted
def tidy_facets() -> int:
    return facet_blocks.tidy()
