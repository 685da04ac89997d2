import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from smartport import translations


class Command(BaseCommand):
    help = 'Merges translations from a JSON file: {"text": "texte", "one thing": ["une chose", "%(n)s choses"]}.'
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--language", default="fr", choices=translations.LANGUAGES)

    def handle(self, *, file: Path, language: str, **options):
        try:
            entries = json.loads(file.read_text(encoding="utf-8"))
            catalog = translations.set_translations(entries, language)
        except (OSError, json.JSONDecodeError, translations.TranslationError) as error:
            raise CommandError(str(error)) from error
        unused = sum(1 for text in entries if (text, "") in catalog.obsolete)
        self.stdout.write(
            f"{language}: {len(entries)} translations set, {unused} not used by any text yet"
        )
