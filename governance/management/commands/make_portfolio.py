import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.loading.demo import NotATrial
from governance.loading.scale import QUARTERS, make_portfolio
from smartport.progress import Progress


class Command(BaseCommand):
    help = (
        "Makes N synthetic projects with accepted reports, for scale runs "
        "(codes DEMO-S000001 and up); refuses outside a trial database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--projects", type=int, required=True, help="How many there are to be.")
        parser.add_argument("--seed", type=int, default=1, help="Same seed, same projects.")
        parser.add_argument(
            "--quarters",
            type=int,
            choices=range(1, QUARTERS + 1),
            metavar=f"1..{QUARTERS}",
            default=QUARTERS,
            help="How many of the last quarters each project reported on.",
        )

    def handle(self, *args: Any, projects: int, seed: int, quarters: int, **options: Any) -> None:
        if projects < 1:
            raise CommandError("make_portfolio: --projects needs a number of at least 1.")
        start = time.monotonic()
        try:
            with Progress(self.stdout, "projects", projects) as bar:
                added = make_portfolio(
                    projects=projects, seed=seed, quarters=quarters, advanced=bar.advance
                )
        except NotATrial as refusal:
            raise CommandError(str(refusal)) from refusal
        seconds = time.monotonic() - start
        self.stdout.write(f"make_portfolio: {added} projects added in {seconds:.0f} s")
