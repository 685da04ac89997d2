import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.enums import Audience, PackLanguage
from governance.models import Meeting, PackBuild
from governance.services import building, packs
from partners.models import User
from smartport.errors import Refusal

LOOK_AGAIN = 0.2  # seconds


class Command(BaseCommand):
    help = "Builds the next version of a meeting's pack, here and now, and prints its SHA-256."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("meeting", help="The meeting's code, such as COPIL-2026-12-10.")
        parser.add_argument("--audience", choices=Audience.values, default=Audience.FULL)
        parser.add_argument("--language", choices=PackLanguage.values, default=PackLanguage.FR)
        parser.add_argument(
            "--reason", default="", help="Why there is a new version, once one was issued."
        )
        parser.add_argument(
            "--actor", help="E-mail of the person it is built for (the secretariat)."
        )

    def handle(self, *, meeting: str, audience: str, language: str, **options: Any) -> None:
        row = Meeting.objects.filter(code=meeting).first()
        if row is None:
            raise CommandError(f"No meeting has the code {meeting}.")
        try:
            build = packs.request_build(
                actor=self._actor(options["actor"]),
                meeting=row,
                audience=audience,
                language=language,
                reason=options["reason"],
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        build = self._built(build)
        if build.pack is None:
            raise CommandError(build.error or str(build.get_status_display()))
        pack = build.pack
        self.stdout.write(f"version {pack.version}: {pack.pages} pages, SHA-256 {pack.sha256}")

    def _built(self, build: PackBuild) -> PackBuild:
        """Built here, or by the worker that took it first: then its end is waited for."""
        while True:
            building.build_due()
            build = PackBuild.objects.select_related("pack").get(pk=build.pk)
            if build.status not in packs.UNDER_WAY:
                return build
            time.sleep(LOOK_AGAIN)

    def _actor(self, email: str | None) -> User:
        people = User.objects.filter(email=email) if email else User.objects.secretariat()
        actor = people.order_by("pk").first()
        if actor is None:
            raise CommandError("No such person: name one of the secretariat with --actor.")
        return actor
