from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.enums import AnnouncementState
from partners.models.people import User
from partners.querysets import AnnouncementQuerySet
from smartport.guards import frozen_when
from smartport.history import tracked


@tracked
class Announcement(models.Model):
    """A message of the secretariat to a group: written, looked at, then sent once by the outbox."""

    author = models.ForeignKey(
        User, models.PROTECT, related_name="announcements", verbose_name=_("author")
    )
    group = models.CharField(_("group"), max_length=80)
    subject_fr = models.CharField(_("subject in French"), max_length=200)
    text_fr = models.TextField(_("text in French"), max_length=10_000)
    subject_en = models.CharField(_("subject in English"), max_length=200, blank=True)
    text_en = models.TextField(_("text in English"), max_length=10_000, blank=True)
    state = models.CharField(
        _("state"), max_length=5, choices=AnnouncementState, default=AnnouncementState.DRAFT
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    count = models.PositiveIntegerField(_("people written to"), null=True, blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("message to a group")
        verbose_name_plural = _("messages to groups")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", sent_at__isnull=True, count__isnull=True)
                | Q(state="sent", sent_at__isnull=False, count__isnull=False),
                name="announcement_sent_has_date_and_count",
            )
        ]
        triggers = [frozen_when(state="sent")]

    def __str__(self) -> str:
        return self.subject_fr

    def words(self, language: str) -> dict[str, str]:
        """Subject and text for readers of a language."""
        return {
            "subject": getattr(self, f"subject_{language}"),
            "text": getattr(self, f"text_{language}"),
        }
