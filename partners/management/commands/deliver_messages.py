from django.core.management.base import BaseCommand

from partners.services.delivery import deliver


class Command(BaseCommand):
    help = "Sends the messages of the outbox that are due, as far as the limit per minute allows."

    def handle(self, **options):
        done = deliver()
        self.stdout.write(
            f"{done.sent} sent, {done.retried} to try again, {done.failed} failed, "
            f"{done.cancelled} no longer due, {done.uncertain} uncertain"
        )
