import sys
from typing import Any

from django.core.management.base import BaseCommand

from governance.models import Pack
from governance.services import packs


class Command(BaseCommand):
    help = "Checks the bytes of every stored pack against its SHA-256; exits with 1 if one differs."

    def handle(self, **options: Any) -> None:
        checked = wrong = 0
        for check in packs.verify(Pack.objects.all()):
            checked += 1
            if check.problem:
                wrong += 1
                self.stdout.write(f"{check.pack} ({check.pack.audience}): {check.problem}")
        self.stdout.write(f"{checked} packs checked, {wrong} not as they were stored")
        if wrong:
            sys.exit(1)
