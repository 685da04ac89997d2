"""Entries of the schedule and the broker: each calls a service that looks for what is due and not done."""

from celery import shared_task
from django.utils import timezone

from governance.services import building, minutes
from partners.services.schedule import noted


@shared_task
@noted
def build_packs() -> int:
    return building.build_due()


@shared_task
@noted
def approve_minutes() -> int:
    return minutes.approve_tacitly(day=timezone.localdate())
