"""Organisations, their people, and the person who calls."""

from partners.api import me, outbox, people, preferences
from smartport.api.routing import Router


def register(router: Router) -> None:
    router.register("partners", me.Partners)
    router.register("memberships", people.Memberships)
    router.register("invitations", people.Invitations)
    router.register("messages", outbox.Messages)
    router.register("announcements", outbox.Announcements)
    router.view("me", me.Me)
    router.view("me/obligations", me.Obligations)
    router.view("me/preferences", preferences.Preferences)
