"""Entries of the schedule and the broker: each calls a service that looks for what is due and not done."""

from dataclasses import asdict

from celery import shared_task
from django.utils import timezone

from partners.services import delivery, digests, reminders, subscriptions
from partners.services.schedule import last_day, noted


@shared_task
@noted
def deliver_messages() -> dict[str, int]:
    return asdict(delivery.deliver())


@shared_task
@noted
def send_reminders() -> dict[str, int]:
    scan = reminders.send_reminders(day=timezone.localdate())
    if scan.failed:
        raise RuntimeError(f"{scan.failed} kinds of reminders could not be looked for")
    return asdict(scan)


@shared_task
@noted
def send_digests() -> dict[str, int]:
    """Several times a day, so that a morning without schedule is made up for; once a day it does something."""
    today = timezone.localdate()
    if last_day("send_digests") == today:
        return asdict(digests.Digests())
    return asdict(digests.send_digests(day=today))


@shared_task
@noted
def send_subscriptions() -> dict[str, int]:
    today = timezone.localdate()
    if last_day("send_subscriptions") == today:
        return asdict(subscriptions.News())
    return asdict(subscriptions.send_subscriptions(day=today))
