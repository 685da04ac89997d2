"""The signed link of a summons, which replies without signing in."""

from django.core import signing

from governance.models import Summons

SALT = "governance.summons"


def token_for(summons: Summons) -> str:
    """The same in each message about this summons: the meeting, not a delay, ends what it is good for."""
    return signing.Signer(salt=SALT).sign(str(summons.pk))


def summons_of(token: str) -> Summons | None:
    """The summons a link was made for; none where the link was altered or the summons is gone."""
    try:
        pk = int(signing.Signer(salt=SALT).unsign(token))
    except signing.BadSignature:
        return None
    return (
        Summons.objects.select_related("meeting__committee", "user", "seat__partner")
        .filter(pk=pk)
        .first()
    )
