from datetime import date

import pytest

from partners.models import Message
from projects.models import Milestone, Project
from projects.services import effects
from smartport.errors import NotAllowed, Refusal, TransitionRefused
from tests.factories.projects import (
    APPROVAL,
    MilestoneFactory,
    ProjectFactory,
    SeriesFactory,
    approve,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def series(cast):
    series = SeriesFactory(submitted=True)
    project = ProjectFactory(proposed=True, series=series, lead=cast.partner_a)
    MilestoneFactory(project=project, baseline_frozen_on=None, forecast_on=None)
    ProjectFactory(proposed=True, series=series)
    return series


def test_approving_a_series_puts_its_projects_before_the_public(cast, series):
    writer = cast.owner
    assert not Project.objects.public().exists()
    approved = approve(series, actor=cast.secretary)
    assert len(approved) == Project.objects.public().count() == 2
    assert {project.approved_on for project in approved} == {APPROVAL}
    milestone = Milestone.objects.get()
    assert (milestone.baseline_frozen_on, milestone.forecast_on) == (
        APPROVAL,
        milestone.baseline_on,
    )
    assert [m.recipient for m in Message.objects.filter(kind="series_approved")] == [writer]


def test_approving_twice_is_refused_and_changes_nothing(cast, series):
    approve(series, actor=cast.secretary)
    with pytest.raises(effects.AlreadyApproved):
        effects.approve_series(actor=cast.secretary, series=series, on=date(2026, 1, 1))
    series.refresh_from_db()
    assert series.approved_on == APPROVAL


def test_a_draft_series_is_not_approved(cast):
    with pytest.raises(TransitionRefused):
        effects.approve_series(actor=cast.secretary, series=SeriesFactory(draft=True), on=APPROVAL)


def test_a_partner_approves_nothing(cast, series):
    with pytest.raises(NotAllowed):
        effects.approve_series(actor=cast.owner, series=series, on=APPROVAL)


def test_suspending_needs_a_reason_and_resuming_none(cast):
    project = ProjectFactory()
    with pytest.raises(Refusal):
        effects.suspend(actor=cast.secretary, project=project, on=APPROVAL, reason="")
    effects.suspend(actor=cast.secretary, project=project, on=APPROVAL, reason="Recours")
    assert (
        effects.resume(actor=cast.secretary, project=project, on=APPROVAL).status == "in_progress"
    )


def test_a_frozen_baseline_moves_by_a_new_version_only(cast):
    milestone = MilestoneFactory()
    moved = effects.rebaseline(
        actor=cast.secretary, milestone=milestone, baseline_on=date(2027, 1, 15), reason="Décidé"
    )
    assert (moved.baseline_on, moved.baseline_version) == (date(2027, 1, 15), 2)
