from datetime import date

from django.core.management.base import BaseCommand
from django.utils import timezone

from projects.services import campaigns


class Command(BaseCommand):
    help = "Opens the reporting campaigns that are due on a day (today); safe to run twice."

    def add_arguments(self, parser):
        parser.add_argument(
            "--on", type=date.fromisoformat, metavar="DATE", help="A day as 2026-12-05."
        )

    def handle(self, *, on: date | None, **options):
        added = campaigns.open_reports(on=on or timezone.localdate())
        self.stdout.write(f"{added} reports opened")
