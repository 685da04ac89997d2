from django.core.management.base import BaseCommand

from smartport import translations


class Command(BaseCommand):
    help = "Compiles the translation catalogues that changed since they were last compiled."
    requires_system_checks = []

    def handle(self, **options):
        for path in translations.compile_catalogues():
            self.stdout.write(f"compiled {path.relative_to(translations.ROOT)}")
