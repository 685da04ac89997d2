from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.enums import MinutesStatus
from governance.models.decisions import Decision
from governance.models.meetings import Meeting, person
from governance.querysets import MinutesQuerySet
from smartport.guards import dated, frozen_when, insert_only
from smartport.history import tracked


class Minutes(models.Model):
    """Drafted from the meeting's data; once `edited` by hand, never overwritten; once approved, frozen."""

    meeting = models.OneToOneField(
        Meeting, models.PROTECT, related_name="minutes", verbose_name=_("meeting")
    )
    status = models.CharField(
        _("state"), max_length=10, choices=MinutesStatus, default=MinutesStatus.DRAFT
    )
    text = models.TextField(_("text"), blank=True)
    edited = models.BooleanField(_("edited by hand"), default=False)
    revision = models.PositiveIntegerField(default=0)
    circulated_at = models.DateTimeField(_("circulated at"), null=True, blank=True)
    objections_until = models.DateField(_("objections until"), null=True, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    approved_by = models.ForeignKey(
        Decision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="approved_minutes",
        verbose_name=_("approved by"),
    )
    tacitly = models.BooleanField(_("approved tacitly"), default=False)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        ordering = ["-meeting__starts_at"]
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
        constraints = [
            dated(
                "circulated",
                "circulated_at",
                "objections_until",
                name="minutes_circulated_have_dates",
            ),
            dated("approved", "approved_on", name="minutes_approved_have_a_date"),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(tacitly=True) | Q(approved_by__isnull=False),
                name="minutes_approved_by_decision_or_tacitly",
            ),
        ]
        triggers = [frozen_when(status="approved")]

    def __str__(self) -> str:
        return str(self.meeting)


class MinutesRevision(models.Model):
    minutes = models.ForeignKey(
        Minutes, models.PROTECT, related_name="revisions", verbose_name=_("minutes")
    )
    number = models.PositiveIntegerField(_("number"))
    text = models.TextField(_("text"))
    author = person(_("author"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        ordering = ["minutes", "-number"]
        verbose_name = _("revision of minutes")
        verbose_name_plural = _("revisions of minutes")
        constraints = [
            models.UniqueConstraint(
                fields=["minutes", "number"], name="minutes_revision_number_once"
            )
        ]
        triggers = [insert_only()]

    def __str__(self) -> str:
        return f"{self.minutes} ({self.number})"


@tracked
class MinutesRemark(models.Model):
    minutes = models.ForeignKey(
        Minutes, models.PROTECT, related_name="remarks", verbose_name=_("minutes")
    )
    author = person(_("author"), null=False)
    text = models.TextField(_("remark"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = person(_("answered by"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        ordering = ["minutes", "at"]
        verbose_name = _("remark on minutes")
        verbose_name_plural = _("remarks on minutes")
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="remark_answer_has_date_and_author",
            )
        ]

    def __str__(self) -> str:
        return f"{self.minutes} {self.pk}"


class MinutesDraft(models.Model):
    """What one person has typed and not saved yet, from the text read at `revision`; forgotten once saved."""

    minutes = models.ForeignKey(
        Minutes, models.CASCADE, related_name="drafts", verbose_name=_("minutes")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person")
    )
    text = models.TextField(_("text"))
    revision = models.PositiveIntegerField()
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        ordering = ["minutes", "user"]
        verbose_name = _("minutes being written")
        verbose_name_plural = _("minutes being written")
        constraints = [
            models.UniqueConstraint(fields=["minutes", "user"], name="minutes_draft_once_by_person")
        ]

    def __str__(self) -> str:
        return f"{self.minutes}: {self.user}"


class MinutesExtract(models.Model):
    """What the public reads of a meeting, without its confidential items; a later one replaces it, none changes."""

    minutes = models.ForeignKey(
        Minutes, models.PROTECT, related_name="extracts", verbose_name=_("minutes")
    )
    number = models.PositiveIntegerField(_("number"))
    text = models.TextField(_("text"))
    published_by = person(_("published by"), null=False)
    published_at = models.DateTimeField(_("published at"), default=timezone.now)

    class Meta:
        ordering = ["minutes", "-number"]
        verbose_name = _("published extract of minutes")
        verbose_name_plural = _("published extracts of minutes")
        constraints = [
            models.UniqueConstraint(
                fields=["minutes", "number"], name="minutes_extract_number_once"
            )
        ]
        triggers = [insert_only()]

    def __str__(self) -> str:
        return f"{self.minutes} ({self.number})"

    def get_absolute_url(self) -> str:
        return reverse("governance:minutes_extract", args=[self.minutes.meeting.code])
