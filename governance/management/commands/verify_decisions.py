import sys
from typing import Any

from django.core.management.base import BaseCommand

from governance.services import integrity


class Command(BaseCommand):
    help = "Checks that approved series have one standing approving decision, and numbers no gap; exits with 1 if not."

    def handle(self, **options: Any) -> None:
        wrong = 0
        for fault in integrity.faults():
            wrong += 1
            self.stdout.write(
                f"{fault.series.code} is {fault.series.status} with {fault.decisions} standing approving decisions"
            )
        for gap in integrity.gaps():
            wrong += 1
            self.stdout.write(
                f"{gap.committee} {gap.year}: {gap.found} decisions, the last is {gap.last}"
            )
        self.stdout.write(
            f"{integrity.series_with_approvals().count()} series checked, {wrong} faults"
        )
        if wrong:
            sys.exit(1)
