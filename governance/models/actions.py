from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.enums import TO_DO, ActionStatus
from governance.models.agenda import AgendaItem
from governance.models.committees import Committee
from governance.models.meetings import Meeting, person
from governance.querysets import ActionQuerySet
from partners.models import Partner
from smartport.files import stored_name
from smartport.guards import dated, insert_only
from smartport.history import tracked


@tracked
class Action(models.Model):
    """Something to do that a meeting asked for; printed in each pack until verified."""

    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="actions", verbose_name=_("committee")
    )
    meeting = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name=_("meeting"),
    )
    item = models.ForeignKey(
        AgendaItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name=_("agenda item"),
    )
    title = models.CharField(_("what is to be done"), max_length=300)
    owner = person(_("owner"), related_name="actions")
    partner = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name=_("partner"),
    )
    due_on = models.DateField(_("due on"))
    status = models.CharField(
        _("state"), max_length=11, choices=ActionStatus, default=ActionStatus.OPEN
    )
    opened_on = models.DateField(_("opened on"), default=timezone.localdate)
    evidence = models.TextField(_("what was done"), blank=True)
    sent_back_reason = models.TextField(_("why it was sent back"), blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = person(_("done by"))
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    verified_by = person(_("verified by"))

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        constraints = [
            dated("done", "done_at", "done_by", name="action_done_has_date_and_author"),
            dated(
                "verified", "verified_at", "verified_by", name="action_verified_has_date_and_author"
            ),
            models.CheckConstraint(
                condition=Q(owner__isnull=False) | Q(partner__isnull=False),
                name="action_has_an_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_late(self) -> bool:
        return self.status in TO_DO and self.due_on < timezone.localdate()


class ActionFile(models.Model):
    """A file that shows what was done; its bytes never change."""

    action = models.ForeignKey(
        Action, models.PROTECT, related_name="files", verbose_name=_("action")
    )
    file = models.FileField(_("file"), upload_to=stored_name, max_length=200)
    name = models.CharField(_("name"), max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    uploaded_by = person(_("uploaded by"), null=False)
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)

    class Meta:
        ordering = ["action", "id"]
        verbose_name = _("file of an action")
        verbose_name_plural = _("files of actions")
        constraints = [
            models.UniqueConstraint(fields=["action", "sha256"], name="action_file_once")
        ]
        triggers = [insert_only()]

    def __str__(self) -> str:
        return self.name
