from partners.services.subscriptions import token_of
from tests.house.matrix import Row

SIGNED_IN = "302 200 200 200 200 200 200"
OFFICE = "302 403 403 403 403 200 200"
MAILBOX = "302 403 403 403 403 403 200"


def membership(world):
    return {"pk": world.membership.pk}


def announcement(world):
    return {"pk": world.announcement.pk}


def invitation(world):
    return {"pk": world.invitation.pk}


ROWS = [
    Row("partners:workspace", SIGNED_IN),
    Row("partners:preferences", SIGNED_IN),
    Row("partners:calendar_address", SIGNED_IN),
    Row("partners:tokens", SIGNED_IN),
    Row(
        "partners:token_revoke",
        "302 404 302 404 404 404 404",
        lambda world: {"key": world.token.digest[:32]},
        method="post",
    ),
    Row(
        "partners:sign_in_link",
        "200 200 200 200 200 200 200",
        lambda world: {"token": world.sign_in_token},
    ),
    Row(
        "partners:sign_in_link",
        "410 302 302 302 302 302 302",
        lambda world: {"token": "made-up"},
        note="made up",
    ),
    Row(
        "partners:session_end",
        "302 404 404 404 404 404 404",
        lambda world: {"pk": 0},
        method="post",
    ),
    Row("partners:unsubscribe", "200", lambda world: {"token": world.unsubscribe_token}),
    Row("partners:unsubscribe", "404", lambda world: {"token": "made-up"}, note="made up"),
    Row("partners:subscribe", "200", query="?subject=approvals"),
    Row("partners:subscribe", "404", note="of nothing"),
    Row("partners:subscription_sent", "200"),
    Row(
        "partners:subscription_confirm",
        "200",
        lambda world: {"token": token_of(world.subscription)},
    ),
    Row("partners:subscription_confirm", "404", lambda world: {"token": "x"}, note="made up"),
    Row(
        "partners:subscription_leave", "200", lambda world: {"token": token_of(world.subscription)}
    ),
    Row("partners:subscription_leave", "404", lambda world: {"token": "x"}, note="made up"),
    Row("partners:outbox", "302 403 403 403 403 200 200"),
    Row(
        "partners:outbox_message",
        "302 403 403 403 403 200 200",
        lambda world: {"pk": world.message.pk},
    ),
    Row(
        "partners:outbox_resend",
        "302 403 403 403 403 409 409",
        lambda world: {"pk": world.message.pk},
        method="post",
    ),
    Row(
        "partners:outbox_settle",
        "302 403 403 403 403 302 302",
        lambda world: {"pk": world.message.pk},
        method="post",
    ),
    Row(
        "partners:people", "302 404 200 200 404 200 200", lambda world: {"slug": world.partner.slug}
    ),
    Row(
        "partners:partner_confirmation",
        "302 404 403 302 404 302 302",
        lambda world: {"slug": world.partner.slug},
        method="post",
    ),
    Row("partners:membership", "302 404 403 200 404 200 200", membership),
    Row("partners:membership_end", "302 404 200 200 404 200 200", membership, method="post"),
    Row(
        "partners:invitation",
        "200 409 409 409 409 409 409",
        lambda world: {"secret": world.invitation_secret},
    ),
    Row("partners:invitation", "409", lambda world: {"secret": "made-up"}, note="made up"),
    Row("partners:invitation_again", "302 404 404 302 404 302 302", invitation, method="post"),
    Row("partners:invitation_withdraw", "302 404 404 302 404 302 302", invitation, method="post"),
    Row("partners:invitation_mine", "302 404 404 404 404 404 404", invitation),
    Row("partners:kinds", OFFICE),
    Row("partners:kind", OFFICE, lambda world: {"name": "report_due"}),
    Row("partners:kind_letter", OFFICE, lambda world: {"name": "report_due", "language": "en"}),
    Row("partners:announcements", OFFICE),
    Row("partners:announcement_new", OFFICE),
    Row("partners:announcement", OFFICE, announcement),
    Row("partners:announcement_edit", OFFICE, announcement),
    Row("partners:announcement_letter", OFFICE, lambda w: {**announcement(w), "language": "fr"}),
    Row("partners:announcement_delete", "302 403 403 403 403 302 302", announcement, method="post"),
    Row("partners:mailbox", MAILBOX),
    Row("partners:mailbox_letter", MAILBOX, lambda world: {"key": world.letter}),
]
