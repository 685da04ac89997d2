"""Random interleavings of what several people do with the reports of one project, against the database.

The database's own constraints and triggers watch each step; the invariants below say the rest of the rules.
"""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from projects.enums import Health, ReportStatus
from projects.models import MilestoneSlip, ProgressReport, Project, ReviewNote, UnmergedDraft
from projects.services import campaigns, drafts, reports, reviews
from smartport.errors import Refusal
from tests.cast import Cast
from tests.factories.projects import MilestoneFactory, PeriodFactory, ProjectFactory

pytestmark = pytest.mark.django_db

WRITERS = ("owner", "colleague", "manager")
EVERYONE = (*WRITERS, "stranger", "secretary")
WRITABLE = (ReportStatus.OPEN, ReportStatus.DRAFT, ReportStatus.SENT_BACK)
TEXTS = st.sampled_from(["", "Essais finis.", "Retard du port.", "Équipes formées.", "<b>x</b>"])
UNITS = st.sampled_from(["achievements", "public_summary_fr", "cause", "ask"])
people = st.sampled_from(EVERYONE)
writers = st.sampled_from((*WRITERS, *WRITERS, "stranger"))
insiders = st.sampled_from(WRITERS)
officers = st.sampled_from(("secretary", "secretary", "secretary", "owner", "stranger"))
places = st.integers(0, 20)


class Lifecycle(RuleBasedStateMachine):
    """Two periods of one project. `pages` holds what each writer's browser shows of the report they opened."""

    @initialize(confirms=st.booleans())
    def begin(self, confirms):
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.cast = Cast()
        self.cast.partner_a.manager_confirms = confirms
        self.cast.partner_a.save()
        self.project = ProjectFactory(lead=self.cast.partner_a, approved=True)
        self.milestone = MilestoneFactory(project=self.project)
        for months in (0, 3):
            start = (timezone.localdate() - timedelta(days=200 - months * 30)).replace(day=1)
            period = PeriodFactory(
                series=self.project.series,
                starts_on=start,
                ends_on=start + timedelta(days=80),
                opens_on=start + timedelta(days=81),
                due_on=timezone.localdate() + timedelta(days=10),
                opened_at=None,
            )
            Project.objects.filter(pk=self.project.pk).update(approved_on=start)
            campaigns.open_period(period=period)
        self.pages, self.accepted, self.revisions = {}, {}, {}

    def teardown(self):
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def report(self, place, *fitting):
        """A report in one of these states if there is one, but now and then any other."""
        found = list(ProgressReport.objects.order_by("period__starts_on", "version"))
        chosen = [one for one in found if one.status in fitting] if place % 5 else []
        found = chosen or found
        return found[place % len(found)]

    def attempt(self, verb, **arguments):
        """The verb's result, or None where the house refuses; nothing else may come out."""
        try:
            with transaction.atomic():
                return verb(**arguments)
        except Refusal:
            return None

    @rule(who=insiders, place=places)
    def open_page(self, who, place):
        report = reports.loaded(self.report(place, *WRITABLE))
        shown = drafts.shown(report)
        self.pages[who] = (report, dict(shown), drafts.digests(shown))

    @rule(who=insiders, unit=UNITS, text=TEXTS)
    def type_and_save(self, who, unit, text):
        if who not in self.pages:
            return
        report, content, base = self.pages[who]
        content[unit] = text
        if text and unit == "achievements":
            content |= {"health": "rainy", "completion_percent": 30}
        actor = getattr(self.cast, who)
        try:
            saved = reports.save_draft(
                actor=actor, report=report, data=content, revision=report.revision, base=base
            )
        except Refusal:
            if drafts.digest(text) != base[unit]:
                self.nothing_lost(actor, report, unit, text)
            return
        assert drafts.read(reports.loaded(saved))[unit] == text or drafts.digest(text) == base[unit]
        self.pages[who] = (saved, content, base | drafts.digests(content))

    def nothing_lost(self, actor, report, unit, text):
        stored = drafts.read(reports.loaded(report))[unit]
        kept = UnmergedDraft.objects.filter(report=report, person=actor).first()
        assert stored == text or (kept and kept.mine[unit] == text), f"{unit} is lost"

    @rule(who=writers, place=places, days=st.integers(-400, 400), reason=TEXTS)
    def move_the_milestone(self, who, place, days, reason):
        report = self.report(place, *WRITABLE)
        day = (self.milestone.baseline_on + timedelta(days=days)).isoformat()
        self.attempt(
            reports.save_draft,
            actor=getattr(self.cast, who),
            report=report,
            data={
                f"milestone-{self.milestone.pk}": {
                    "forecast_on": day,
                    "actual_on": None,
                    "reason": reason,
                }
            },
            revision=report.revision,
        )

    @rule(who=writers, place=places, health=st.sampled_from(Health.values), cause=TEXTS)
    def fill_in_and_submit(self, who, place, health, cause):
        actor, report = getattr(self.cast, who), self.report(place, *WRITABLE)
        self.attempt(
            reports.save_draft,
            actor=actor,
            report=report,
            data={
                "health": health,
                "completion_percent": 50,
                "achievements": "Fait.",
                "cause": cause,
                "ask": "Un arbitrage.",
                "public_summary_fr": "Fait.",
            },
            revision=report.revision,
        )
        done = self.attempt(reports.submit, actor=actor, report=report)
        assert done is None or (who in WRITERS and (cause or health in {"sunny", "cloudy"}))

    @rule(who=writers, place=places)
    def submit(self, who, place):
        report = self.report(place, *WRITABLE)
        done = self.attempt(reports.submit, actor=getattr(self.cast, who), report=report)
        assert done is None or who in WRITERS

    @rule(who=writers, place=places)
    def confirm(self, who, place):
        report = self.report(place, *WRITABLE)
        done = self.attempt(reports.confirm, actor=getattr(self.cast, who), report=report)
        assert done is None or who == "manager"

    @rule(who=officers, place=places, reason=TEXTS)
    def send_back(self, who, place, reason):
        done = self.attempt(
            reviews.send_back,
            actor=getattr(self.cast, who),
            report=self.report(place, ReportStatus.SUBMITTED),
            reasons={"achievements": reason},
        )
        assert done is None or (who == "secretary" and reason)

    @rule(who=officers, place=places)
    def accept(self, who, place):
        report = self.report(place, ReportStatus.SUBMITTED)
        done = self.attempt(reviews.accept, actor=getattr(self.cast, who), report=report)
        assert done is None or who == "secretary"
        if done:
            self.accepted[done.pk] = self.whole(done)

    @rule(who=people, place=places, reason=TEXTS)
    def correct(self, who, place, reason):
        done = self.attempt(
            reports.open_correction,
            actor=getattr(self.cast, who),
            report=self.report(place, ReportStatus.ACCEPTED),
            reason=reason,
        )
        assert done is None or (who != "stranger" and reason)

    @rule(place=places)
    def write_past_the_services(self, place):
        """Raw SQL: an accepted report stands against that too."""
        report = self.report(place, ReportStatus.ACCEPTED)
        if report.status != ReportStatus.ACCEPTED:
            return
        with pytest.raises(Exception, match="pgtrigger"), transaction.atomic():
            ProgressReport.objects.filter(pk=report.pk).update(achievements="Réécrit.")

    def whole(self, report):
        fresh = reports.loaded(report)
        return drafts.read(fresh) | {
            "by": fresh.reviewed_by_id,
            "at": fresh.reviewed_at,
            "updates": list(fresh.milestone_updates.values_list("forecast_on", "reason")),
        }

    def ready(self):
        return hasattr(self, "accepted")

    @invariant()
    def what_was_accepted_stays_as_it_was(self):
        if self.ready():
            for pk, content in self.accepted.items():
                assert self.whole(ProgressReport.objects.get(pk=pk)) == content

    @invariant()
    def versions_follow_each_other_and_one_at_most_is_open(self):
        if not self.ready():
            return
        for period in {report.period_id for report in ProgressReport.objects.all()}:
            found = list(ProgressReport.objects.filter(period=period).order_by("version"))
            assert [one.version for one in found] == list(range(1, len(found) + 1))
            assert [one.corrects_id for one in found] == [None, *(one.pk for one in found[:-1])]
            assert all(one.status == ReportStatus.ACCEPTED for one in found[:-1])

    @invariant()
    def the_project_shows_its_newest_accepted_report(self):
        if not self.ready():
            return
        newest = (
            ProgressReport.objects.accepted()
            .current()
            .order_by("-period__ends_on", "-version")
            .first()
        )
        project = Project.objects.get(pk=self.project.pk)
        assert project.latest_report_id == (newest and newest.pk)
        assert project.health == (newest.health if newest else "")
        assert project.status == ("in_progress" if newest else "approved")

    @invariant()
    def the_conversation_tells_every_step(self):
        if not self.ready():
            return
        for report in ProgressReport.objects.all():
            steps = [
                note.action
                for note in ReviewNote.objects.filter(report=report).order_by("id")
                if note.action in {"submitted", "sent_back", "accepted"}
            ]
            sides = ["submitted" if place % 2 == 0 else "answer" for place in range(len(steps))]
            assert [step if step == "submitted" else "answer" for step in steps] == sides
            last = {"submitted": "submitted", "sent_back": "sent_back", "accepted": "accepted"}
            if report.status in last:
                assert steps[-1] == report.status

    @invariant()
    def revisions_grow_and_slips_have_reasons(self):
        if not self.ready():
            return
        for report in ProgressReport.objects.all():
            assert report.revision >= self.revisions.get(report.pk, 0)
            self.revisions[report.pk] = report.revision
        assert not MilestoneSlip.objects.filter(reason="").exists()
        connection.check_constraints()


def test_no_order_of_steps_breaks_a_rule():
    run_state_machine_as_test(
        Lifecycle,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
