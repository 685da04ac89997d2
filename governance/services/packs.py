"""Packs: asked for, built by a worker, issued once and for all, checked against their fingerprint."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from governance.enums import BUILD_MOVES, Audience, BuildStatus, PackLanguage, PackStatus
from governance.errors import BuildRefused, ReasonMissing
from governance.models import Meeting, Pack, PackBuild
from governance.permissions import can_build_pack
from governance.services.meetings import people_to_summon
from governance.services.preflight import preflight
from governance.services.versions import since_version
from partners.models import User
from partners.services import outbox
from smartport.errors import NotAllowed
from smartport.messages import Notice
from smartport.workflow import move

logger = logging.getLogger(__name__)

UNDER_WAY = (BuildStatus.QUEUED, BuildStatus.RUNNING)


def request_build(
    *,
    actor: User,
    meeting: Meeting,
    audience: str = Audience.FULL,
    language: str = PackLanguage.FR,
    reason: str = "",
) -> PackBuild:
    """Ask for the next version. A build of the same pack that is under way is returned as it is.

    Raises BuildRefused when something would make the pack wrong (see `preflight`), ReasonMissing when a version
    was issued and `reason`, which the cover prints, does not say why there is another.
    """
    _demand_builder(actor, meeting)
    errors = [finding for finding in preflight(meeting, audience) if finding.is_error]
    if errors:
        raise BuildRefused(
            " ".join(str(finding.message) for finding in errors),
            remedy=_("Correct this on the agenda, then build again."),
            findings=errors,
        )
    reason = reason.strip()
    if not reason and next_version(meeting, audience, language) > 1:
        raise _no_reason(
            _("Say why there is a new version: its cover and the message to its readers tell it.")
        )
    wanted = {"meeting": meeting, "audience": audience, "language": language}
    try:
        with transaction.atomic():
            build = PackBuild.objects.create(requested_by=actor, reason=reason, **wanted)
    except IntegrityError:
        return PackBuild.objects.get(status__in=UNDER_WAY, **wanted)
    transaction.on_commit(wake)
    return build


def wake() -> None:
    """Ask a worker to look now. Without a broker the schedule finds the row within a minute."""
    from governance.tasks import build_packs

    try:
        build_packs.delay()
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("no broker to wake a builder: %s", type(error).__name__)


@transaction.atomic
def cancel_build(*, actor: User, build: PackBuild) -> PackBuild:
    """A waiting build stops at once, a running one at its next step; a finished one stays."""
    _demand_builder(actor, build.meeting)
    build = PackBuild.objects.select_for_update().get(pk=build.pk)
    if build.status == BuildStatus.QUEUED:
        move(build, BUILD_MOVES, BuildStatus.CANCELLED)
        build.finished_at = timezone.now()
    elif build.status == BuildStatus.RUNNING:
        build.cancel_asked = True
    build.save()
    return build


@transaction.atomic
def issue_pack(*, actor: User, pack: Pack) -> Pack:
    """Freeze the pack: from now on nothing of it can change, not even by its own makers.

    Issuing it again changes nothing. Raises ReasonMissing for a version after the first built without its reason.
    """
    _demand_builder(actor, pack.meeting)
    Meeting.objects.select_for_update().get(pk=pack.meeting_id)
    pack = Pack.objects.select_for_update().select_related("meeting").get(pk=pack.pk)
    if pack.is_issued:
        return pack
    if pack.version > 1 and not pack.reason:
        raise _no_reason(_("Build it again and say why: its cover tells it."))
    pack.status = PackStatus.ISSUED
    pack.issued_at, pack.issued_by = timezone.now(), actor
    before = last_issued(pack.meeting, pack.audience, pack.language)
    pack.save()
    _tell(pack, before)
    return pack


def _no_reason(remedy: str) -> ReasonMissing:
    return ReasonMissing(_("A version was issued before this one."), remedy=remedy, field="reason")


def readers(pack: Pack) -> list[User]:
    """Who is told of an issued pack: the members for the full one, the other people summoned for the one
    without confidential items, nobody for the public extract; and nobody before the summons went out."""
    meeting = pack.meeting
    if not meeting.summoned_at or pack.audience == Audience.PUBLIC:
        return []
    members = {mandate.user_id: mandate.user for mandate in people_to_summon(meeting)}
    if pack.audience == Audience.FULL:
        return list(members.values())
    summoned = meeting.summonses.filter(sent_at__isnull=False).select_related("user")
    return [row.user for row in summoned if row.user_id not in members]


def _tell(pack: Pack, before: Pack | None) -> None:
    """One message to each reader, with what changed; a confidential item's title stays out of the mail."""
    lines = since_version(pack, before) if before else []
    notice = Notice(
        obligation=f"pack:{pack.pk}",
        recipients=readers(pack),
        context={
            "pack": pack,
            "meeting": pack.meeting,
            "lines": [line for line in lines if not line.confidential],
            "first": before is None,
        },
        url_name="governance:pack_detail",
        url_args=(pack.meeting.code, pack.pk),
        why=gettext_lazy("You are summoned to this meeting."),
    )
    outbox.queue_many(kind="pack_issued", notices=[notice])


def next_version(meeting: Meeting, audience: str, language: str) -> int:
    """The number of the version to build. Audiences and languages of one version share its number."""
    issued = Pack.objects.issued().filter(meeting=meeting)
    last = issued.aggregate(last=Max("version"))["last"] or 1
    mine = issued.filter(audience=audience, language=language, version=last).exists()
    return last + 1 if mine else last


def last_issued(meeting: Meeting, audience: str, language: str) -> Pack | None:
    return (
        Pack.objects.issued()
        .filter(meeting=meeting, audience=audience, language=language)
        .order_by("-version")
        .first()
    )


@dataclass(frozen=True)
class Check:
    """What `verify_packs` found for one pack: `problem` is empty when its bytes are the issued ones."""

    pack: Pack
    problem: str = ""


def verify(packs: QuerySet[Pack]) -> Iterator[Check]:
    """Read every stored pack again and compare its bytes with its SHA-256."""
    for pack in packs.select_related("meeting").order_by("pk").iterator(chunk_size=100):
        yield Check(pack, _problem(pack))


def _problem(pack: Pack) -> str:
    try:
        with pack.file.open("rb") as stored:
            digest = hashlib.file_digest(stored, "sha256").hexdigest()
    except OSError:
        return _("the file is missing")
    return "" if digest == pack.sha256 else _("the bytes are not those that were stored")


def _demand_builder(actor: User, meeting: Meeting) -> None:
    if not can_build_pack(actor, meeting):
        raise NotAllowed(
            _("Only the secretariat builds packs, and not for a cancelled meeting."),
            remedy=_("Write to the secretariat."),
        )
