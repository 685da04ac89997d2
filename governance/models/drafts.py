from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.models.agenda import AgendaItem
from governance.models.meetings import person


class OutcomeDraft(models.Model):
    """What one person has typed at the table and not recorded yet; `revision` is the item's they started from.

    `content` holds the fields of the form by name, as they were typed.
    """

    item = models.ForeignKey(
        AgendaItem, models.CASCADE, related_name="drafts", verbose_name=_("item")
    )
    author = person(_("author"), null=False)
    content = models.JSONField(_("content"), default=dict)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now)

    class Meta:
        ordering = ["item", "saved_at"]
        verbose_name = _("outcome not recorded yet")
        verbose_name_plural = _("outcomes not recorded yet")
        constraints = [
            models.UniqueConstraint(fields=["item", "author"], name="outcome_draft_once_by_author")
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.author}"
