"""Tokens of the API: made and revoked by their owner, kept only as a hash."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from partners.enums import TokenScope
from partners.models import ApiToken, User
from partners.services import outbox
from smartport.dates import day, moment
from smartport.errors import Refusal

MOST_TOKENS = 20  # in force at a time, by person
LONGEST_LIFE = 365  # days


class TooManyTokens(Refusal):
    code = "too_many_tokens"


class LifeRefused(Refusal):
    """A token that would not expire, or too late."""

    code = "life_refused"
    status = 400


@transaction.atomic
def create_token(
    *, actor: User, name: str, days: int, scope: str = TokenScope.READ
) -> tuple[ApiToken, str]:
    """The token and its secret, which exists nowhere else. Raises TooManyTokens, LifeRefused."""
    if not 1 <= days <= LONGEST_LIFE:
        raise LifeRefused(
            _("A token lives at most %(days)s days.") % {"days": LONGEST_LIFE}, field="days"
        )
    User.objects.select_for_update().get(pk=actor.pk)
    if actor.auth_token_set.filter(expiry__gt=timezone.now()).count() >= MOST_TOKENS:
        raise TooManyTokens(
            ngettext(
                "You have %(count)s token in force already.",
                "You have %(count)s tokens in force already.",
                MOST_TOKENS,
            )
            % {"count": MOST_TOKENS},
            remedy=_("Revoke one you no longer use."),
        )
    token, secret = ApiToken.objects.create(
        user=actor, expiry=timedelta(days=days), name=name.strip(), scope=TokenScope(scope)
    )
    _tell(actor, token)
    return token, secret


def _tell(actor: User, token: ApiToken) -> None:
    with override(actor.language):
        context = {
            "name": token.name or token.token_key,
            "scope": token.get_scope_display().lower(),
            "at": moment(token.created),
            "until": day(timezone.localdate(token.expiry)),
        }
    outbox.queue(
        kind="token_created",
        recipient=actor,
        obligation=f"token:{token.pk}",
        context=context,
        url_name="partners:tokens",
        why=gettext_lazy("This message is sent for your safety and cannot be turned off."),
    )


def revoke_token(*, actor: User, token: ApiToken) -> None:
    """From this moment it opens nothing; there is no way back."""
    actor.auth_token_set.filter(pk=token.pk).delete()
