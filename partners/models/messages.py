from datetime import date

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.enums import DigestRhythm, Language, MessageState, Weekday, Wish
from partners.models.people import User
from partners.querysets import MessageQuerySet
from smartport.guards import frozen_when
from smartport.history import tracked


class Message(models.Model):
    """One e-mail to one person: a row before it is sent (outbox), the truth about what was sent after.

    `key` is unique by kind, person, obligation and step, so a scan that runs twice writes once.
    `attachments` is a list of {"name", "type", "content"} with text content (calendar files).
    """

    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(_("key"), max_length=200)
    obligation = models.CharField(_("obligation"), max_length=150, blank=True)
    step = models.CharField(_("step"), max_length=40, blank=True)
    recipient = models.ForeignKey(
        User,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="messages_received",
        verbose_name=_("recipient"),
    )
    instead_of = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("instead of"),
        help_text=_("Who is away, and whose matter it is."),
    )
    address = models.EmailField(_("address"))
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.FR)
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    html = models.TextField("HTML", blank=True)
    attachments = models.JSONField(
        _("attachments"), default=list, blank=True, encoder=DjangoJSONEncoder
    )
    headers = models.JSONField(_("headers"), default=dict, blank=True)
    why = models.CharField(_("why this person"), max_length=300, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=MessageState, default=MessageState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    message_id = models.CharField("Message-ID", max_length=200)
    queued_at = models.DateTimeField(_("queued at"), default=timezone.now)
    not_before = models.DateTimeField(_("not before"), default=timezone.now)
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    claimed_by = models.CharField(_("claimed by"), max_length=100, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-id"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(
                fields=["not_before", "id"], condition=Q(state="queued"), name="message_to_deliver"
            ),
            models.Index(
                fields=["claimed_by"],
                condition=Q(state__in=["queued", "claimed"]) & ~Q(claimed_by=""),
                name="message_underway",
            ),
            models.Index(fields=["obligation"], name="message_about"),
            models.Index(
                fields=["instead_of"],
                condition=Q(instead_of__isnull=False),
                name="message_instead_of",
            ),
            models.Index(fields=["-queued_at", "-id"], name="message_newest"),
            models.Index(fields=["sent_at"], condition=Q(state="sent"), name="message_sent_lately"),
        ]
        # Every index is paid for three times by each message that goes out: "unique" alone would make two.
        constraints = [
            models.UniqueConstraint(fields=["key"], name="message_once"),
            models.UniqueConstraint(fields=["message_id"], name="message_id_once"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="message_sent_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="claimed") | Q(claimed_at__isnull=False),
                name="message_claimed_has_a_date",
            ),
        ]
        triggers = [frozen_when(state="sent")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_unwritten(self) -> bool:
        return self.state == MessageState.FAILED and not self.text


@tracked
class Preference(models.Model):
    """What a person wants to be told, and how often. `topics` maps a topic to a `Wish`; immediately if absent."""

    user = models.OneToOneField(
        User, models.CASCADE, related_name="preference", verbose_name=_("person")
    )
    digest = models.CharField(
        _("digest"), max_length=8, choices=DigestRhythm, default=DigestRhythm.WEEKLY
    )
    digest_weekday = models.PositiveSmallIntegerField(
        _("day of the week"), choices=Weekday, default=Weekday.MONDAY
    )
    digest_month_day = models.PositiveSmallIntegerField(_("day of the month"), default=1)
    topics = models.JSONField(_("topics"), default=dict, blank=True)
    paused_from = models.DateField(_("away from"), null=True, blank=True)
    paused_until = models.DateField(_("away until"), null=True, blank=True)
    stand_in = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("stand-in")
    )

    class Meta:
        ordering = ["user"]
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [
            models.CheckConstraint(
                condition=Q(paused_from__isnull=True, paused_until__isnull=True)
                | Q(paused_until__gte=models.F("paused_from")),
                name="preference_pause_in_order",
            ),
            models.CheckConstraint(
                condition=Q(digest_month_day__gte=1, digest_month_day__lte=31),
                name="preference_month_day",
            ),
            models.CheckConstraint(
                condition=~Q(stand_in=models.F("user")), name="preference_stand_in_is_another"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    def wish(self, topic: str) -> str:
        return self.topics.get(topic, Wish.NOW)

    def wants_now(self, topic: str) -> bool:
        return self.wish(topic) == Wish.NOW

    def is_away_on(self, day: date) -> bool:
        """From `paused_from` (already, if empty) to `paused_until` (until further notice, if empty)."""
        if self.paused_from is None and self.paused_until is None:
            return False
        return (self.paused_from or day) <= day <= (self.paused_until or day)


class DigestMark(models.Model):
    """Up to when a person's digests have told what changed, and the keys of what they owed then."""

    user = models.OneToOneField(
        User, models.CASCADE, related_name="digest_mark", verbose_name=_("person")
    )
    until = models.DateTimeField(_("until"))
    owed = models.JSONField(_("owed"), default=list, blank=True)

    class Meta:
        ordering = ["user"]
        verbose_name = _("mark of a digest")
        verbose_name_plural = _("marks of digests")

    def __str__(self) -> str:
        return str(self.user)


class ScheduledRun(models.Model):
    """When a scheduled look last went through, and for which day."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        ordering = ["name"]
        verbose_name = _("scheduled run")
        verbose_name_plural = _("scheduled runs")

    def __str__(self) -> str:
        return self.name
