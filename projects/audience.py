"""What a person may see of what messages are about here, and which projects they muted."""

from collections.abc import Set

from partners.models import User
from projects.enums import Interest
from projects.models import (
    AgreementParty,
    Following,
    FundingAgreement,
    Instalment,
    ProgressReport,
    Project,
)
from smartport.audience import Pair, mutes, sights, split, visible


def _signatures(person: User, numbers: Set[int]) -> set[int]:
    agreements = FundingAgreement.objects.visible_to(person)
    parties = AgreementParty.objects.filter(pk__in=numbers, agreement__in=agreements)
    return set(parties.order_by().values_list("pk", flat=True))


def muted_projects(pairs: Set[Pair]) -> set[Pair]:
    """The pairs about a report or a project whose person muted that project."""
    said = Following.objects.filter(
        user__in={person for person, _obligation in pairs}, interest=Interest.MUTE
    )
    muted = set(said.order_by().values_list("user", "project"))
    if not muted:
        return set()
    numbers = {split(obligation) for _person, obligation in pairs}
    projects = {("project", number): number for prefix, number in numbers if prefix == "project"}
    reports = ProgressReport.objects.filter(
        pk__in=[number for prefix, number in numbers if prefix == "report" and number]
    )
    for report, project in reports.order_by().values_list("pk", "project"):
        projects["report", report] = project
    return {pair for pair in pairs if (pair[0], projects.get(split(pair[1]))) in muted}


for prefix, sight in (
    ("report", visible(ProgressReport)),
    ("review", visible(ProgressReport)),
    ("project", visible(Project)),
    ("agreement", visible(FundingAgreement)),
    ("signature", _signatures),
    ("instalment", visible(Instalment)),
):
    sights.register(prefix, sight)
mutes.register("projects", muted_projects)
