from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance.enums import Access, Audience, BuildStatus, PackLanguage, PackStatus
from governance.models.agenda import AgendaItem
from governance.models.committees import Committee
from governance.models.meetings import Meeting, person
from governance.querysets import (
    AgendaPaperQuerySet,
    PackBuildQuerySet,
    PackQuerySet,
    PaperQuerySet,
    PaperRevisionQuerySet,
)
from smartport.files import stored_name
from smartport.guards import dated, frozen_when, frozen_with_parent, insert_only
from smartport.history import tracked


@tracked
class Paper(models.Model):
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="papers", verbose_name=_("committee")
    )
    title = models.CharField(_("title"), max_length=300)
    access = models.CharField(
        _("who may read it"), max_length=12, choices=Access, default=Access.COMMITTEE
    )

    objects = PaperQuerySet.as_manager()

    class Meta:
        ordering = ["title", "id"]
        verbose_name = _("paper")
        verbose_name_plural = _("papers")

    def __str__(self) -> str:
        return self.title


class PaperRevision(models.Model):
    """One PDF as it was brought; immutable. `size` in bytes; `findings` is what inspection said of it."""

    paper = models.ForeignKey(
        Paper, models.PROTECT, related_name="revisions", verbose_name=_("paper")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    file = models.FileField(_("file"), upload_to=stored_name, max_length=200)
    name = models.CharField(_("name of the file"), max_length=255)
    size = models.PositiveBigIntegerField(_("size"))
    pages = models.PositiveIntegerField(_("pages"))
    sha256 = models.CharField("SHA-256", max_length=64)
    findings = models.JSONField(_("findings"), default=list, blank=True)
    uploaded_by = person(_("uploaded by"), null=False)
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)

    objects = PaperRevisionQuerySet.as_manager()

    class Meta:
        ordering = ["paper", "-number"]
        verbose_name = _("revision of a paper")
        verbose_name_plural = _("revisions of papers")
        constraints = [
            models.UniqueConstraint(fields=["paper", "number"], name="revision_number_once")
        ]
        triggers = [insert_only()]

    def __str__(self) -> str:
        return f"{self.paper} ({self.number})"


@tracked
class AgendaPaper(models.Model):
    """An agenda item pins one revision of a paper, at a place in the order of its annexes."""

    item = models.ForeignKey(
        AgendaItem, models.CASCADE, related_name="annexes", verbose_name=_("item")
    )
    revision = models.ForeignKey(
        PaperRevision, models.PROTECT, related_name="uses", verbose_name=_("revision")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    objects = AgendaPaperQuerySet.as_manager()

    class Meta:
        ordering = ["item", "position", "id"]
        verbose_name = _("annex")
        verbose_name_plural = _("annexes")
        constraints = [
            models.UniqueConstraint(fields=["item", "revision"], name="annex_once_by_item")
        ]

    def __str__(self) -> str:
        return str(self.revision)


class Pack(models.Model):
    """One version of a meeting's pack. Once issued, its bytes, SHA-256 and snapshot never change.

    `snapshot` holds every figure in it, `manifest` the files and their SHA-256, `engine` the versions
    of what typeset it. `file` is the paginated PDF, `archive` the ZIP beside it.
    """

    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="packs", verbose_name=_("meeting")
    )
    version = models.PositiveSmallIntegerField(_("version"))
    audience = models.CharField(
        _("for whom"), max_length=15, choices=Audience, default=Audience.FULL
    )
    language = models.CharField(
        _("language"), max_length=4, choices=PackLanguage, default=PackLanguage.FR
    )
    status = models.CharField(
        _("state"), max_length=6, choices=PackStatus, default=PackStatus.BUILT
    )
    file = models.FileField("PDF", upload_to=stored_name, max_length=200)
    archive = models.FileField("ZIP", upload_to=stored_name, max_length=200, blank=True)
    size = models.PositiveBigIntegerField(_("size"))
    pages = models.PositiveIntegerField(_("pages"))
    sha256 = models.CharField("SHA-256", max_length=64)
    archive_sha256 = models.CharField(_("SHA-256 of the ZIP"), max_length=64, blank=True)
    snapshot = models.JSONField(_("snapshot"))
    manifest = models.JSONField(_("manifest"), default=dict)
    engine = models.JSONField(_("engine"), default=dict)
    reason = models.TextField(_("reason for this version"), blank=True)
    built_at = models.DateTimeField(_("built at"), default=timezone.now)
    built_by = person(_("built by"), null=False)
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True)
    issued_by = person(_("issued by"))

    objects = PackQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "-version", "audience", "language"]
        verbose_name = _("pack")
        verbose_name_plural = _("packs")
        indexes = [models.Index(fields=["sha256"], name="pack_sha256")]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "version", "audience", "language"], name="pack_version_once"
            ),
            dated("issued", "issued_at", "issued_by", name="pack_issued_has_date_and_author"),
            models.CheckConstraint(
                condition=~Q(status="issued") | Q(version=1) | ~Q(reason=""),
                name="pack_reissue_has_a_reason",
            ),
        ]
        triggers = [frozen_when(status="issued")]

    def __str__(self) -> str:
        return f"{self.meeting} v{self.version}"

    @property
    def is_issued(self) -> bool:
        return self.status == PackStatus.ISSUED

    def file_name(self, ending: str) -> str:
        """`COPIL-2026-12-10-v2-full-fr.pdf`: says which version it is wherever it is saved."""
        audience = slugify(self.audience)
        return f"{self.meeting.code}-v{self.version}-{audience}-{self.language}.{ending}"


class PackEntry(models.Model):
    """What is on which physical pages, both included, counted from 1."""

    pack = models.ForeignKey(Pack, models.CASCADE, related_name="entries", verbose_name=_("pack"))
    position = models.PositiveSmallIntegerField(_("position"))
    level = models.PositiveSmallIntegerField(_("level"), default=1)
    anchor = models.CharField(max_length=100)
    kind = models.CharField(_("kind"), max_length=30)
    title = models.CharField(_("title"), max_length=400)
    item = models.ForeignKey(
        AgendaItem, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("item")
    )
    first_page = models.PositiveIntegerField(_("first page"))
    last_page = models.PositiveIntegerField(_("last page"))
    changed = models.BooleanField(_("changed since the version before"), default=False)
    change = models.CharField(_("what changed"), max_length=400, blank=True)

    class Meta:
        ordering = ["pack", "position"]
        verbose_name = _("entry of a pack")
        verbose_name_plural = _("entries of packs")
        constraints = [
            models.UniqueConstraint(fields=["pack", "position"], name="pack_entry_position_once"),
            models.CheckConstraint(
                condition=Q(first_page__gte=1) & Q(last_page__gte=F("first_page")),
                name="pack_entry_pages_in_order",
            ),
        ]
        triggers = [frozen_with_parent("governance_pack", "pack_id", "issued")]

    def __str__(self) -> str:
        return self.title


STEPS = {
    "gather": _("Gathering the agenda, the reports and the money"),
    "typeset": _("Typesetting the pages"),
    "annex": _("Inserting annex %(number)s"),
    "archive": _("Gathering the ZIP"),
    "keep": _("Storing the pack"),
}


class PackBuild(models.Model):
    """A request to build a pack: the row is the truth, the broker only wakes a worker.

    A running build whose `lease_until` has passed lost its worker: the schedule queues it again.
    """

    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="builds", verbose_name=_("meeting")
    )
    audience = models.CharField(
        _("for whom"), max_length=15, choices=Audience, default=Audience.FULL
    )
    language = models.CharField(
        _("language"), max_length=4, choices=PackLanguage, default=PackLanguage.FR
    )
    reason = models.TextField(_("reason for this version"), blank=True)
    status = models.CharField(
        _("state"), max_length=9, choices=BuildStatus, default=BuildStatus.QUEUED
    )
    step = models.CharField(_("step"), max_length=200, blank=True)
    pages_so_far = models.PositiveIntegerField(_("pages so far"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    worker = models.CharField(_("worker"), max_length=100, blank=True)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    cancel_asked = models.BooleanField(default=False)
    error = models.TextField(_("what failed"), blank=True)
    requested_by = person(_("requested by"), null=False)
    requested_at = models.DateTimeField(_("requested at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    pack = models.OneToOneField(
        Pack, models.SET_NULL, null=True, blank=True, related_name="build", verbose_name=_("pack")
    )

    objects = PackBuildQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-id"]
        verbose_name = _("build of a pack")
        verbose_name_plural = _("builds of packs")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "audience", "language"],
                condition=Q(status__in=["queued", "running"]),
                name="pack_build_one_at_a_time",
            ),
            dated("running", "lease_until", name="pack_build_running_has_a_lease"),
            dated("done", "finished_at", "pack", name="pack_build_done_has_a_pack"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting} {self.pk}"

    @property
    def doing(self) -> str:
        """What its worker is at, in the reader's language; `step` holds it as a word and a number."""
        step, _space, number = self.step.partition(" ")
        if self.status == BuildStatus.QUEUED or step not in STEPS:
            return str(BuildStatus.QUEUED.label)
        doing = str(STEPS[step]) % {"number": number}
        if not self.pages_so_far:
            return doing
        return gettext("%(doing)s (%(pages)s pages so far)") % {
            "doing": doing,
            "pages": self.pages_so_far,
        }


class PackReading(models.Model):
    """When a member last opened which version, to show what changed since."""

    pack = models.ForeignKey(Pack, models.PROTECT, related_name="readings", verbose_name=_("pack"))
    user = person(_("person"), null=False, related_name="pack_readings")
    first_at = models.DateTimeField(_("first opened at"), default=timezone.now)
    last_at = models.DateTimeField(_("last opened at"), default=timezone.now)

    class Meta:
        ordering = ["pack", "user"]
        verbose_name = _("reading of a pack")
        verbose_name_plural = _("readings of packs")
        constraints = [models.UniqueConstraint(fields=["pack", "user"], name="pack_reading_once")]

    def __str__(self) -> str:
        return f"{self.pack}: {self.user}"


class PackNote(models.Model):
    """A reader's own note on a paragraph: nobody else sees it.

    `anchor` names the page in every version, `quote` is the paragraph, which finds the note's place again
    in the next version; `quote_sha256` keeps it to one note by paragraph.
    """

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="pack_notes", verbose_name=_("meeting")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="pack_notes",
        verbose_name=_("person"),
    )
    anchor = models.CharField(max_length=100)
    quote = models.TextField(_("paragraph"))
    quote_sha256 = models.CharField(max_length=64, editable=False)
    text = models.TextField(_("note"))
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        ordering = ["meeting", "user", "anchor", "id"]
        verbose_name = _("note on a pack")
        verbose_name_plural = _("notes on packs")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "user", "anchor", "quote_sha256"], name="pack_note_by_paragraph"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="pack_note_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting} {self.anchor}"
