from django.core.management.base import BaseCommand, CommandError

from smartport import translations


class Command(BaseCommand):
    help = "Rewrites the translation catalogues from the code and the templates."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--check",
            action="store_true",
            help="change nothing; fail when a catalogue is stale or incomplete",
        )
        parser.add_argument(
            "--prune", action="store_true", help="forget the translations of texts that are gone"
        )

    def handle(self, *, check: bool, prune: bool, **options):
        try:
            if check:
                self._check()
            else:
                for language, catalog in translations.update(prune=prune).items():
                    missing = sum(1 for m in catalog if m.id and not all(_forms(m)))
                    self.stdout.write(
                        f"{language}: {len(catalog)} texts, {missing} without a translation"
                    )
        except translations.TranslationError as error:
            raise CommandError(str(error)) from error

    def _check(self):
        faults = list(translations.faults())
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults in the translations")


def _forms(message):
    return message.string if message.pluralizable else (message.string,)
