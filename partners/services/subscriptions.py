"""Following by e-mail without an account: asked for, confirmed, told at most weekly, forgotten on leaving."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pgtrigger
from django.conf import settings
from django.core import signing
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from partners.enums import MessageState
from partners.models import Message, Subscription
from partners.services import outbox
from partners.services.digests import MARGIN, SHOWN_NEWS, grouped
from partners.services.schedule import record_run
from smartport.subscriptions import subjects

SALT = "partners.subscription"
LOCK = 7310
CONFIRM, NEWS = "subscription_confirm", "subscription_news"
CONFIRMED_WITHIN = timedelta(days=7)
WEEK = timedelta(days=7)
SLACK = timedelta(hours=2)  # the look that comes a little early in the morning is this week's
MOST_BY_ADDRESS = 20
MOST_ASKED_A_DAY = 5  # messages of confirmation to one address


@dataclass
class News:
    """`due` addresses that may be written to again, `queued` messages, `forgotten` subscriptions.

    `failed` addresses are tried again the next day.
    """

    due: int = 0
    queued: int = 0
    failed: int = 0
    forgotten: int = 0


@transaction.atomic
def subscribe(*, address: str, language: str, subject: str, value: str) -> None:
    """Ask the mailbox to confirm. Says nothing of whether the address was known: the page is the same for all."""
    address = address.strip().lower()
    _alone(address)
    theirs = Subscription.objects.of(address)
    existing = theirs.filter(subject=subject, value=value).first()
    asked = Message.objects.filter(
        kind=CONFIRM, address=address, queued_at__gt=timezone.now() - timedelta(days=1)
    ).count()
    if asked >= MOST_ASKED_A_DAY or (not existing and theirs.count() >= MOST_BY_ADDRESS):
        return
    subscription = existing or Subscription.objects.create(
        address=address, language=language, subject=subject, value=value
    )
    with override(language):
        context = {
            "label": subjects[subject].label(value),
            "known": subscription.confirmed_at is not None,
            "url": settings.SITE_URL
            + (
                reverse("partners:subscription_leave", args=[token_of(subscription)])
                if subscription.confirmed_at
                else reverse("partners:subscription_confirm", args=[token_of(subscription)])
            ),
            "days": CONFIRMED_WITHIN.days,
        }
    outbox.queue_address(
        kind=CONFIRM,
        address=address,
        language=language,
        context=context,
        obligation=f"subscription:{subscription.pk}",
        step=f"{timezone.localdate()}/{asked}",
    )


@transaction.atomic
def confirm(*, subscription: Subscription) -> Subscription:
    """From the link in the mailbox; a second click changes nothing."""
    subscription = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if subscription.confirmed_at is None:
        subscription.confirmed_at = subscription.told_until = timezone.now()
        subscription.save(update_fields=["confirmed_at", "told_until"])
    return subscription


@transaction.atomic
def leave(*, subscription: Subscription, every: bool = False) -> int:
    """Delete it, or all of the same address; what was sent to the address goes with the last one."""
    address = subscription.address
    _alone(address)
    theirs = Subscription.objects.of(address)
    leaving = theirs if every else theirs.filter(pk=subscription.pk)
    gone, _by_model = leaving.delete()
    if not theirs.exists():
        _forget_messages(address)
    return gone


def token_of(subscription: Subscription, *, every: bool = False) -> str:
    return signing.dumps([subscription.pk, "all" if every else "one"], salt=SALT)


def subscription_of(token: str) -> tuple[Subscription | None, bool]:
    """What a link is about, and whether it is about all of its address; none where it is forged or forgotten."""
    try:
        pk, reach = signing.loads(token, salt=SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None, False
    return Subscription.objects.filter(pk=pk).first(), reach == "all"


def send_subscriptions(*, day: date) -> News:
    """Tell each address what changed, a week or more after the last time; forget what nobody confirmed."""
    done = News(forgotten=_tidy())
    now = timezone.now()
    for address in Subscription.objects.due_addresses(before=now - WEEK + SLACK):
        done.due += 1
        try:
            done.queued += _tell(address, day)
        except Exception as error:
            done.failed += 1
            _note_failure(address, day, error)
    record_run("send_subscriptions", day)
    return done


def _note_failure(address: str, day: date, error: Exception) -> None:
    theirs = Subscription.objects.of(address).order_by("-pk").first()
    outbox.queue_failure(
        kind=NEWS,
        address=address,
        language=theirs.language if theirs else settings.LANGUAGE_CODE,
        obligation=f"subscriber:{_fingerprint(address)}",
        step=day.isoformat(),
        error=error,
    )


def _tidy() -> int:
    """Subscriptions left unconfirmed, and addresses that refuse mail for good."""
    refused = Message.objects.written().filter(kind__in=[CONFIRM, NEWS], state=MessageState.FAILED)
    stale = Subscription.objects.unconfirmed_since(timezone.now() - CONFIRMED_WITHIN)
    dead = Subscription.objects.filter(address__in=refused.values("address"))
    forgotten = 0
    for subscription in (stale | dead).order_by("pk"):
        forgotten += leave(subscription=subscription)
    return forgotten


@transaction.atomic
def _tell(address: str, day: date) -> int:
    _alone(address)
    until = timezone.now() - MARGIN
    theirs = list(Subscription.objects.of(address).confirmed().order_by("pk"))
    if not theirs or any(one.told_at and one.told_at > until - WEEK + SLACK for one in theirs):
        return 0
    language = theirs[-1].language
    with override(language):
        sections = [section for one in theirs if (section := _section(one, until))]
        if not sections:
            return 0
        stop_all = reverse("partners:subscription_leave", args=[token_of(theirs[0], every=True)])
    queued = outbox.queue_address(
        kind=NEWS,
        address=address,
        language=language,
        context={
            "sections": sections,
            "count": sum(section["count"] for section in sections),
            "unsubscribe_url": settings.SITE_URL + stop_all,
        },
        obligation=f"subscriber:{_fingerprint(address)}",
        step=day.isoformat(),
    )
    if queued:
        Subscription.objects.filter(pk__in=[one.pk for one in theirs]).update(
            told_until=until, told_at=timezone.now()
        )
    return queued


def _section(one: Subscription, until: Any) -> dict[str, Any] | None:
    subject = subjects.get(one.subject)
    if subject is None or one.told_until is None:
        return None
    changes = sorted(
        subject.changes(one.value, one.told_until, until), key=lambda news: news.at, reverse=True
    )
    if not changes:
        return None
    groups = grouped(changes, SHOWN_NEWS)
    return {
        "label": subject.label(one.value),
        "page": subject.page(one.value),
        "groups": groups,
        "count": len(changes),
        "more": len(changes) - sum(len(group.changes) + group.more for group in groups),
        "leave": reverse("partners:subscription_leave", args=[token_of(one)]),
    }


def _alone(address: str) -> None:
    """One hand at a time on an address, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [_fingerprint(address), LOCK]
        )


def _fingerprint(address: str) -> str:
    return hashlib.sha256(address.lower().encode()).hexdigest()[:16]


def _forget_messages(address: str) -> None:
    """Sent messages are frozen, but for those of a person who asked to be forgotten."""
    with pgtrigger.ignore("partners.Message:frozen"):
        Message.objects.filter(
            kind__in=[CONFIRM, NEWS], address__iexact=address, recipient=None
        ).delete()
