"""Cases of the messages about accounts and organisations; links and codes that open something are made up."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.adapters import EVENTS
from partners.enums import Language, MembershipRole, TokenScope
from partners.models import Announcement, Partner, User
from partners.services.digests import SHOWN_NEWS, context_of, grouped
from smartport import dates, obligations
from smartport.messages import News, Notice, news_providers
from smartport.previews import examples

MADE_UP = "…"
REACH = timedelta(days=90)


def _notice(url_name: str = "", **context: Any) -> Notice:
    return Notice("", [], None, context, url_name)


def _person() -> str:
    person = User.objects.active().order_by("-last_login", "pk").first()
    return person.get_full_name() if person else MADE_UP


def _partner() -> str:
    partner = Partner.objects.order_by("pk").first()
    return partner.label if partner else MADE_UP


def _link() -> Notice:
    """Where the real link would carry a secret."""
    return _notice(url=f"{settings.SITE_URL}/{MADE_UP}", code="123456", minutes=15)


def _invitation() -> Notice:
    return _notice(
        url=f"{settings.SITE_URL}/{MADE_UP}",
        partner=_partner(),
        inviter=_person(),
        role=str(MembershipRole.CONTRIBUTOR.label).lower(),
        until=dates.day(timezone.localdate() + timedelta(days=14)),
        invited_on=timezone.localdate(),
    )


def _security() -> Notice:
    now = timezone.now()
    return _notice(
        "mfa_index",
        event=str(EVENTS["mfa/email/webauthn_added"]),
        at=dates.moment(now),
        name=_("Monthly export"),
        scope=TokenScope.READ.label,
        until=dates.day(timezone.localdate() + timedelta(days=90)),
    )


def _digest() -> Notice | None:
    """What a person of the secretariat would read of the last three months."""
    person = _secretary()
    if person is None:
        return None
    owed = obligations.standing(person, timezone.localdate()).owed
    since = timezone.localdate() - REACH
    return _notice("partners:workspace", **context_of(owed, _news(person), since=since))


def _secretary() -> User | None:
    return User.objects.secretariat().order_by("pk").first()


def _news(person: User | None) -> list[News]:
    if person is None:
        return []
    now = timezone.now()
    found = [one for provider in news_providers for one in provider(person, now - REACH, now)]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _subscription() -> Notice:
    return _notice(label="Smart Port", known=False, days=7, url=f"{settings.SITE_URL}/{MADE_UP}")


def _subscription_news() -> Notice:
    news = _news(_secretary())
    section = {
        "label": "Smart Port",
        "page": reverse("projects:project_list"),
        "groups": grouped(news, SHOWN_NEWS),
        "count": len(news),
        "more": 0,
        "leave": f"/{MADE_UP}",
    }
    return _notice(
        sections=[section], count=len(news), unsubscribe_url=f"{settings.SITE_URL}/{MADE_UP}"
    )


def _announcement() -> Notice | None:
    last = Announcement.objects.order_by("-pk").first()
    return _notice(**last.words(Language.FR)) if last else None


for name, example in (
    ("password_reset", _link),
    ("sign_in_code", _link),
    ("address_confirmation", _link),
    ("invitation", _invitation),
    ("security_notice", _security),
    ("token_created", _security),
    ("address_failed", lambda: _notice(person=_person())),
    (
        "handed_over",
        lambda: _notice("partners:workspace", person=_person(), partner=_partner(), obligations=[]),
    ),
    ("digest", _digest),
    ("subscription_confirm", _subscription),
    ("subscription_news", _subscription_news),
    ("announcement", _announcement),
):
    examples.register(name, example)
