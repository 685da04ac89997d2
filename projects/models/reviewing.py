"""What goes to and fro about a report: remarks, more time, texts of two editors."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.enums import ReportSection, ReviewAction
from projects.models.reports import ProgressReport, person
from smartport.guards import insert_only


class ReviewNote(models.Model):
    """One line of the conversation between partner and secretariat; the whole of it stays."""

    report = models.ForeignKey(
        ProgressReport, models.PROTECT, related_name="review_notes", verbose_name=_("report")
    )
    action = models.CharField(_("action"), max_length=10, choices=ReviewAction)
    section = models.CharField(
        _("section"), max_length=20, choices=ReportSection, default=ReportSection.GENERAL
    )
    text = models.TextField(_("text"), blank=True)
    author = person(verbose_name=_("author"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        ordering = ["report", "at", "id"]
        verbose_name = _("review note")
        verbose_name_plural = _("review notes")
        constraints = [
            models.CheckConstraint(
                condition=~Q(action="sent_back") | ~Q(text=""), name="sent_back_has_a_reason"
            )
        ]
        triggers = [insert_only()]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.at:%Y-%m-%d}"


class DueDateExtension(models.Model):
    """A later due date for one report, with its reason."""

    report = models.ForeignKey(
        ProgressReport, models.PROTECT, related_name="extensions", verbose_name=_("report")
    )
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("to"))
    reason = models.TextField(_("reason"))
    author = person(verbose_name=_("author"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        ordering = ["report", "at", "id"]
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_a_reason")
        ]
        triggers = [insert_only()]

    def __str__(self) -> str:
        return f"{self.from_on} -> {self.to_on}"


class UnmergedDraft(models.Model):
    """What one person typed over a newer version, kept until they have chosen field by field.

    `mine` maps units of the draft (projects.drafts) to values; `base` maps them to digests of what the page
    had shown; `revision` is the one the page was made from.
    """

    report = models.ForeignKey(
        ProgressReport, models.CASCADE, related_name="unmerged", verbose_name=_("report")
    )
    person = person(verbose_name=_("author"))
    revision = models.PositiveIntegerField(_("revision"))
    mine = models.JSONField(_("text"), default=dict, encoder=DjangoJSONEncoder)
    base = models.JSONField(default=dict)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        ordering = ["report", "at", "id"]
        verbose_name = _("text to reconcile")
        verbose_name_plural = _("texts to reconcile")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "person"], name="unmerged_once_by_report_and_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.person_id}"
