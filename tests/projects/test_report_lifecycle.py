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
from projects.models import MilestoneSlip, ProgressReport, Project, UnmergedDraft
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
COMPLETE = {
    "health": "sunny",
    "completion_percent": 50,
    "achievements": "Fait.",
    "public_summary_fr": "Fait.",
}
STARTS = ("nothing written", "drafts", "the newer is accepted", "the older is closed")
people = st.sampled_from(EVERYONE)
writers = st.sampled_from((*WRITERS, "manager", "stranger"))
insiders = st.sampled_from(WRITERS)
officers = st.sampled_from(("secretary", "secretary", "secretary", "owner", "stranger"))
places = st.integers(0, 20)


class Lifecycle(RuleBasedStateMachine):
    """Two periods of one project. `pages` holds what each writer's browser shows of the report they opened."""

    @initialize(confirms=st.booleans(), start=st.sampled_from(STARTS))
    def begin(self, confirms, start):
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.cast = Cast()
        self.cast.partner_a.manager_confirms = confirms
        self.cast.partner_a.save()
        self.project = ProjectFactory(lead=self.cast.partner_a, approved=True)
        self.milestone = MilestoneFactory(project=self.project)
        for months, days_left in ((0, -5), (3, 10)):
            start = (timezone.localdate() - timedelta(days=200 - months * 30)).replace(day=1)
            period = PeriodFactory(
                series=self.project.series,
                starts_on=start,
                ends_on=start + timedelta(days=80),
                opens_on=start + timedelta(days=81),
                due_on=timezone.localdate() + timedelta(days=days_left),
                opened_at=None,
            )
            Project.objects.filter(pk=self.project.pk).update(approved_on=start)
            campaigns.open_period(period=period)
        self.pages, self.accepted, self.revisions, self.state = {}, {}, {}, None
        if start != "nothing written":
            self.both_are_written(start)

    def both_are_written(self, start):
        older, newer = ProgressReport.objects.order_by("period__starts_on")
        for report in (older, newer):
            reports.save_draft(
                actor=self.cast.owner, report=report, data=COMPLETE, revision=report.revision
            )
        if start == "the newer is accepted":
            self.send("manager", newer)
            self.take("secretary", newer)
        elif start == "the older is closed":
            campaigns.close(actor=self.cast.secretary, period=older.period, on=timezone.localdate())

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
            data=COMPLETE | {"health": health, "cause": cause, "ask": "Un arbitrage."},
            revision=report.revision,
        )
        done = self.attempt(reports.submit, actor=actor, report=report)
        assert done is None or (who in WRITERS and (cause or health in {"sunny", "cloudy"}))

    @rule(place=places, accepted=st.sampled_from((True, True, False)))
    def a_whole_round(self, place, accepted):
        """The manager writes and sends, the secretariat answers: what follows starts from there."""
        report = self.report(place, *WRITABLE)
        asked = {"actor": self.cast.manager, "report": report}
        self.attempt(reports.save_draft, data=COMPLETE, revision=report.revision, **asked)
        self.send("manager", report)
        if accepted:
            self.take("secretary", report)

    @rule(who=writers, place=places)
    def submit(self, who, place):
        self.send(who, self.report(place, *WRITABLE))

    def send(self, who, report):
        closed = report.status in WRITABLE[:2] and report.version == 1 and report.period.closed_on
        done = self.attempt(reports.submit, actor=getattr(self.cast, who), report=report)
        assert done is None or who in WRITERS
        assert done is None or not closed or report.due_on >= timezone.localdate()

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
        self.take(who, self.report(place, ReportStatus.SUBMITTED))

    def take(self, who, report):
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

    @rule(who=writers, place=places)
    def ask_for_the_confirmation(self, who, place):
        report = self.report(place, ReportStatus.DRAFT)
        done = self.attempt(reports.ask_confirmation, actor=getattr(self.cast, who), report=report)
        assert done is None or who in WRITERS

    @rule(who=people, place=places, text=TEXTS)
    def say_something(self, who, place, text):
        done = self.attempt(
            reports.add_remark, actor=getattr(self.cast, who), report=self.report(place), text=text
        )
        assert (done is None) is (who == "stranger" or not text)

    @rule(who=officers, place=places, days=st.integers(-3, 20), reason=TEXTS)
    def give_more_time(self, who, place, days, reason):
        report = self.report(place, *WRITABLE)
        due_on = report.due_on + timedelta(days=days)
        done = self.attempt(
            campaigns.extend,
            actor=getattr(self.cast, who),
            report=report,
            due_on=due_on,
            reason=reason,
        )
        allowed = who == "secretary" and reason and days > 0 and report.status in WRITABLE
        assert bool(done) is bool(allowed)

    @rule(who=officers, place=places, again=st.booleans())
    def close_or_reopen_a_campaign(self, who, place, again):
        period = self.report(place).period
        actor, today = getattr(self.cast, who), timezone.localdate()
        if again:
            done = self.attempt(campaigns.reopen, actor=actor, period=period)
        else:
            done = self.attempt(campaigns.close, actor=actor, period=period, on=today)
        assert bool(done) is (who == "secretary" and (again or period.due_on <= today))

    @rule(who=officers, muted=st.booleans())
    def mute_or_ask_again(self, who, muted):
        actor = getattr(self.cast, who)
        if muted:
            done = self.attempt(
                campaigns.mute, actor=actor, project=self.project, reason="Travaux."
            )
        else:
            done = self.attempt(campaigns.unmute, actor=actor, project=self.project)
        assert bool(done) is (who == "secretary")

    def whole(self, report):
        fresh = reports.loaded(report)
        return drafts.read(fresh) | {
            "by": fresh.reviewed_by_id,
            "at": fresh.reviewed_at,
            "updates": list(fresh.milestone_updates.values_list("forecast_on", "reason")),
        }

    @invariant()
    def every_rule_holds(self):
        if not hasattr(self, "accepted"):
            return
        connection.check_constraints()
        for pk, content in self.accepted.items():
            assert self.whole(ProgressReport.objects.get(pk=pk)) == content
        found = list(
            ProgressReport.objects.select_related("period", "corrects")
            .prefetch_related("review_notes", "extensions")
            .order_by("period", "version")
        )
        state = [(one.pk, one.status, one.revision, one.due_on, one.confirmed_at) for one in found]
        if state == self.state:
            return
        self.state = state
        self.versions_follow_each_other_and_one_at_most_is_open(found)
        self.the_project_shows_its_newest_accepted_report(found)
        for report in found:
            self.the_conversation_tells_every_step(report)
            self.revisions_grow_and_days_move_with_their_reason(report)
            self.what_is_sent_is_whole_and_confirmed_where_the_partner_wants_it(report)
        self.the_public_reads_accepted_reports_only(found)
        assert not MilestoneSlip.objects.filter(reason="").exists()

    def versions_follow_each_other_and_one_at_most_is_open(self, found):
        for period in {report.period_id for report in found}:
            mine = [report for report in found if report.period_id == period]
            assert [one.version for one in mine] == list(range(1, len(mine) + 1))
            assert [one.corrects_id for one in mine] == [None, *(one.pk for one in mine[:-1])]
            assert all(one.status == ReportStatus.ACCEPTED for one in mine[:-1])

    def the_project_shows_its_newest_accepted_report(self, found):
        accepted = [one for one in found if one.status == ReportStatus.ACCEPTED]
        newest = max(accepted, key=lambda one: (one.period.ends_on, one.version), default=None)
        project = Project.objects.get(pk=self.project.pk)
        assert project.latest_report_id == (newest and newest.pk)
        assert project.health == (newest.health if newest else "")
        assert project.status == ("in_progress" if newest else "approved")

    def the_conversation_tells_every_step(self, report):
        notes = sorted(report.review_notes.all(), key=lambda note: note.pk)
        steps = [
            note.action for note in notes if note.action in {"submitted", "sent_back", "accepted"}
        ]
        sides = ["submitted" if place % 2 == 0 else "answer" for place in range(len(steps))]
        assert [step if step == "submitted" else "answer" for step in steps] == sides
        if report.status in {"submitted", "sent_back", "accepted"}:
            assert steps[-1] == report.status

    def revisions_grow_and_days_move_with_their_reason(self, report):
        assert report.revision >= self.revisions.get(report.pk, 0)
        self.revisions[report.pk] = report.revision
        moves = sorted(report.extensions.all(), key=lambda move: move.pk)
        assert all(move.reason and move.to_on > move.from_on for move in moves)
        if moves or report.version == 1:
            assert report.due_on == (moves[-1].to_on if moves else report.period.due_on)

    def what_is_sent_is_whole_and_confirmed_where_the_partner_wants_it(self, report):
        if report.status not in {"submitted", "accepted"}:
            return
        assert report.health
        assert report.public_summary_fr
        assert report.achievements
        assert report.completion_percent is not None
        assert not report.held_input
        assert not report.needs_support or (report.cause and report.ask)
        if self.cast.partner_a.manager_confirms:
            assert report.confirmed_by_id == self.cast.manager.pk

    def the_public_reads_accepted_reports_only(self, found):
        replaced = {one.corrects_id for one in found if one.status == ReportStatus.ACCEPTED}
        current = {one.pk for one in found if one.status == "accepted" and one.pk not in replaced}
        assert set(ProgressReport.objects.public().values_list("pk", flat=True)) == current
        assert not ProgressReport.objects.visible_to(self.cast.stranger).exists()


def test_no_order_of_steps_breaks_a_rule():
    run_state_machine_as_test(
        Lifecycle,
        settings=settings(
            max_examples=10,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
