"""What people are told about their account and their organisations, whatever the projects do."""

from django.utils.translation import gettext_lazy as _

from partners.services import addresses, reminding
from smartport.messages import MessageKind, Stays, Topic, register

DIGEST = register(
    MessageKind(
        name="digest",
        label=_("Digest"),
        topic=Topic.DIGEST,
        action=_("Open my workspace"),
        stays=Stays.GATHERED,
    )
)
SUBSCRIPTION_CONFIRM = register(
    MessageKind(
        name="subscription_confirm",
        label=_("Confirmation of a subscription"),
        topic=Topic.DIGEST,
        action=_("Open the page"),
        optional=False,
        secret=True,
        stays=Stays.ASKED_FOR,
    )
)
SUBSCRIPTION_NEWS = register(
    MessageKind(
        name="subscription_news",
        label=_("News of a subscription"),
        topic=Topic.DIGEST,
        stays=Stays.GATHERED,
    )
)
ANNOUNCEMENT = register(
    MessageKind(
        name="announcement",
        label=_("Message of the secretariat to a group"),
        topic=Topic.PEOPLE,
        optional=False,
        stays=Stays.GATHERED,
    )
)
ADDRESS_FAILED = register(
    MessageKind(
        name="address_failed",
        label=_("Address that refuses mail"),
        topic=Topic.PEOPLE,
        action=_("See the person concerned"),
        still_theirs=addresses.still_fails,
        optional=False,
    )
)

# --- Sign-in: asked for by the person, or about the safety of their account; nobody turns these off ----------
PASSWORD_RESET = register(
    MessageKind(
        name="password_reset",
        label=_("New password"),
        topic=Topic.SECURITY,
        action=_("Choose a new password"),
        optional=False,
        secret=True,
        stays=Stays.ASKED_FOR,
    )
)
SIGN_IN_CODE = register(
    MessageKind(
        name="sign_in_code",
        label=_("Sign-in link and code"),
        topic=Topic.SECURITY,
        action=_("Sign in"),
        optional=False,
        secret=True,
        stays=Stays.ASKED_FOR,
    )
)
ADDRESS_CONFIRMATION = register(
    MessageKind(
        name="address_confirmation",
        label=_("Confirmation of an address"),
        topic=Topic.SECURITY,
        action=_("Confirm this address"),
        optional=False,
        secret=True,
        stays=Stays.ASKED_FOR,
    )
)
SECURITY_NOTICE = register(
    MessageKind(
        name="security_notice",
        label=_("Security of the account"),
        topic=Topic.SECURITY,
        action=_("See my sign-in methods"),
        optional=False,
        stays=Stays.HAPPENED,
    )
)
TOKEN_CREATED = register(
    MessageKind(
        name="token_created",
        label=_("New token of the API"),
        topic=Topic.SECURITY,
        action=_("See my tokens"),
        optional=False,
        stays=Stays.HAPPENED,
    )
)

# --- People of organisations ----------------------------------------------------------------------------------
INVITATION = register(
    MessageKind(
        name="invitation",
        label=_("Invitation"),
        topic=Topic.PEOPLE,
        action=_("Accept the invitation"),
        still_due=reminding.invitation_still_open,
        optional=False,
        secret=True,
    )
)
INVITATION_REMINDER = register(
    MessageKind(
        name="invitation_reminder",
        label=_("Reminder of an invitation"),
        topic=Topic.PEOPLE,
        action=_("Accept the invitation"),
        ladder=(-4,),
        find=reminding.invitations_ending,
        still_due=reminding.invitation_still_open,
        optional=False,
        secret=True,
    )
)
HANDED_OVER = register(
    MessageKind(
        name="handed_over",
        label=_("Work handed over"),
        topic=Topic.PEOPLE,
        action=_("Open my workspace"),
        still_theirs=reminding.successor_still_there,
        optional=False,
    )
)
