"""Entries of the schedule and the broker: each calls a service that looks for what is due and not done."""

from celery import shared_task

from governance.services import building


@shared_task
def build_packs() -> int:
    return building.build_due()
