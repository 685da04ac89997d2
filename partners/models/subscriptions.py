from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.enums import Language
from partners.querysets import SubscriptionQuerySet


class Subscription(models.Model):
    """What someone without an account follows by e-mail. No history is kept: who leaves is forgotten.

    It counts once confirmed from the mailbox. `told_until` is how far its news have been told, `told_at` when.
    """

    address = models.EmailField(_("address"))
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.FR)
    subject = models.CharField(_("subject"), max_length=20)
    value = models.CharField(_("value"), max_length=400, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    told_until = models.DateTimeField(_("told until"), null=True, blank=True)
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                Lower("address"), "subject", "value", name="subscription_once_by_address"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, told_until__isnull=True)
                | Q(confirmed_at__isnull=False, told_until__isnull=False),
                name="subscription_told_from_its_confirmation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.pk}"
