"""Committees, meetings, decisions, packs and actions by the API."""

from governance.api import actions, committees, decisions, minutes, packs, summonses
from smartport.api.routing import Router


def register(router: Router) -> None:
    router.register("committees", committees.Committees)
    router.register("meetings", committees.Meetings)
    router.register("summonses", summonses.Summonses)
    router.register("agenda-items", committees.AgendaItems)
    router.register("decisions", decisions.Decisions)
    router.register("packs", packs.Packs)
    router.register("pack-builds", packs.PackBuilds)
    router.register("minutes", minutes.MinutesCollection)
    router.register("actions", actions.Actions)
