from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models.people import User


class CalendarAddress(models.Model):
    """The secret address of a person's calendar; only the SHA-256 of its secret is kept."""

    user = models.OneToOneField(
        User, models.CASCADE, related_name="calendar_address", verbose_name=_("person")
    )
    secret_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        ordering = ["user"]
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return str(self.user)
