"""Committees, meetings, decisions, packs and actions by the API."""

from governance.api import (
    actions,
    agenda,
    committees,
    decisions,
    meetings,
    minutes,
    packs,
    papers,
    proposals,
    summonses,
)
from smartport.api.routing import Router


def register(router: Router) -> None:
    router.register("committees", committees.Committees)
    router.register("seats", committees.Seats)
    router.register("mandates", committees.Mandates)
    router.register("meetings", meetings.Meetings)
    router.register("summonses", summonses.Summonses)
    router.register("agenda-items", agenda.AgendaItems)
    router.register("papers", papers.Papers)
    router.register("proposals", proposals.Proposals)
    router.register("decisions", decisions.Decisions)
    router.register("packs", packs.Packs)
    router.register("pack-builds", packs.PackBuilds)
    router.register("minutes", minutes.MinutesCollection)
    router.register("actions", actions.Actions)
