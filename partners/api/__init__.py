"""Organisations, their people, and the person who calls."""

from partners.api import me, people, preferences
from smartport.api.routing import Router


def register(router: Router) -> None:
    router.register("partners", me.Partners)
    router.register("memberships", people.Memberships)
    router.register("invitations", people.Invitations)
    router.view("me", me.Me)
    router.view("me/obligations", me.Obligations)
    router.view("me/preferences", preferences.Preferences)
