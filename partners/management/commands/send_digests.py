from datetime import date

from django.core.management.base import BaseCommand
from django.utils import timezone

from partners.services.digests import send_digests
from partners.services.subscriptions import send_subscriptions


class Command(BaseCommand):
    help = "Queues the digests that are due on a day (today) and on days missed before; safe to run twice."

    def add_arguments(self, parser):
        parser.add_argument(
            "--on", type=date.fromisoformat, metavar="DATE", help="A day as 2026-12-07."
        )

    def handle(self, *, on: date | None, **options):
        done = send_digests(day=on or timezone.localdate())
        self.stdout.write(
            f"{done.due} people whose day it is, {done.queued} digests queued, {done.failed} failed"
        )
        told = send_subscriptions(day=on or timezone.localdate())
        self.stdout.write(
            f"{told.due} addresses without an account to tell, {told.queued} messages queued,"
            f" {told.failed} failed, {told.forgotten} subscriptions forgotten"
        )
