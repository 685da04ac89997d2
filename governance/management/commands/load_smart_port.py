from typing import Any

from django.core.management.base import BaseCommand

from governance.loading.facts import load_facts


class Command(BaseCommand):
    help = "Loads the sourced public facts; running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        tally = load_facts(self._tell)
        self.stdout.write(f"load_smart_port: {tally}")

    def _tell(self, step: str) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"  {step}")
