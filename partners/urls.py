from django.urls import path
from django.utils.translation import gettext_lazy as _

from partners.views import (
    announcements,
    calendars,
    kinds,
    mailbox,
    outbox,
    people,
    preferences,
    sign_in,
    subscriptions,
    tokens,
    workspace,
)

app_name = "partners"

urlpatterns = [
    path(_("workspace/"), workspace.workspace, name="workspace"),
    path(_("workspace/preferences/"), preferences.preferences, name="preferences"),
    path(_("workspace/calendar/"), calendars.calendar_address, name="calendar_address"),
    path(_("workspace/tokens/"), tokens.tokens, name="tokens"),
    path(_("workspace/tokens/<str:key>/revoke/"), tokens.token_revoke, name="token_revoke"),
    path(_("sign-in/<str:token>/"), sign_in.sign_in_link, name="sign_in_link"),
    path(_("workspace/connections/<int:pk>/end/"), sign_in.session_end, name="session_end"),
    path(_("unsubscribe/<str:token>/"), preferences.unsubscribe, name="unsubscribe"),
    path(_("follow/"), subscriptions.subscribe, name="subscribe"),
    path(_("follow/sent/"), subscriptions.subscription_sent, name="subscription_sent"),
    path(
        _("follow/confirm/<str:token>/"),
        subscriptions.subscription_confirm,
        name="subscription_confirm",
    ),
    path(
        _("follow/stop/<str:token>/"), subscriptions.subscription_leave, name="subscription_leave"
    ),
    path(_("workspace/people/<slug:slug>/"), people.partner_people, name="people"),
    path(
        _("workspace/people/<slug:slug>/confirmation/"),
        people.partner_confirmation,
        name="partner_confirmation",
    ),
    path(_("workspace/memberships/<int:pk>/"), people.membership, name="membership"),
    path(_("workspace/memberships/<int:pk>/end/"), people.membership_end, name="membership_end"),
    path(
        _("workspace/invitations/<int:pk>/again/"), people.invitation_again, name="invitation_again"
    ),
    path(
        _("workspace/invitations/<int:pk>/withdraw/"),
        people.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path(_("workspace/invitations/<int:pk>/"), people.invitation_mine, name="invitation_mine"),
    path(_("invitation/<str:secret>/"), people.invitation, name="invitation"),
    path(_("workspace/outbox/"), outbox.outbox_list, name="outbox"),
    path(_("workspace/outbox/<int:pk>/"), outbox.outbox_message, name="outbox_message"),
    path(_("workspace/outbox/<int:pk>/resend/"), outbox.outbox_resend, name="outbox_resend"),
    path(_("workspace/outbox/<int:pk>/settle/"), outbox.outbox_settle, name="outbox_settle"),
    path(_("workspace/texts/"), kinds.kind_list, name="kinds"),
    path(_("workspace/texts/<slug:name>/"), kinds.kind_detail, name="kind"),
    path(_("workspace/texts/<slug:name>/<slug:language>/"), kinds.kind_letter, name="kind_letter"),
    path(_("workspace/groups/"), announcements.announcement_list, name="announcements"),
    path(_("workspace/groups/new/"), announcements.announcement_write, name="announcement_new"),
    path(_("workspace/groups/<int:pk>/"), announcements.announcement, name="announcement"),
    path(
        _("workspace/groups/<int:pk>/edit/"),
        announcements.announcement_write,
        name="announcement_edit",
    ),
    path(
        _("workspace/groups/<int:pk>/delete/"),
        announcements.announcement_delete,
        name="announcement_delete",
    ),
    path(
        _("workspace/groups/<int:pk>/letter/<slug:language>/"),
        announcements.announcement_letter,
        name="announcement_letter",
    ),
    path(_("workspace/mailbox/"), mailbox.mailbox_list, name="mailbox"),
    path(_("workspace/mailbox/<str:key>/"), mailbox.mailbox_letter, name="mailbox_letter"),
]
