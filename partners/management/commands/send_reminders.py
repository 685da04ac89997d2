from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from partners.services.reminders import send_reminders


class Command(BaseCommand):
    help = "Queues the reminders that are due on a day (today); safe to run twice."

    def add_arguments(self, parser):
        parser.add_argument(
            "--on", type=date.fromisoformat, metavar="DATE", help="A day as 2026-12-05."
        )

    def handle(self, *, on: date | None, **options):
        scan = send_reminders(day=on or timezone.localdate())
        self.stdout.write(f"{scan.found} obligations found, {scan.queued} messages queued")
        if scan.failed:
            raise CommandError(
                f"{scan.failed} kinds of reminders could not be looked for; see the log"
            )
