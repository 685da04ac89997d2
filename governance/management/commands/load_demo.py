from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.loading.demo import NotATrial, load_demo


class Command(BaseCommand):
    help = "Loads the demonstration rows (codes DEMO-), once; refuses outside a trial database."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_demo(told=self._tell)
        except NotATrial as refusal:
            raise CommandError(str(refusal)) from refusal
        said = "demonstration rows added" if loaded else "already there, nothing changed"
        self.stdout.write(f"load_demo: {said}")

    def _tell(self, step: str) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"  {step}")
