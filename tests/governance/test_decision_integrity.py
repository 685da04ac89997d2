"""Numbers without gap or double and one effect each, with twenty at once; and the command that proves it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from governance.enums import ItemKind, Outcome
from governance.errors import OffTheAgenda
from governance.models import Action, Decision, Meeting
from governance.services import decisions
from partners.models import Message, User
from projects.enums import SeriesStatus
from projects.models import ProjectSeries
from projects.services.effects import AlreadyApproved
from tests.factories.governance import (
    ActionFactory,
    AgendaItemFactory,
    CommitteeFactory,
    MeetingFactory,
)
from tests.factories.partners import UserFactory
from tests.factories.projects import ProjectFactory, SeriesFactory

AT_ONCE = 20


def a_meeting_about(series, committee=None):
    options = {"committee": committee} if committee else {}
    meeting = MeetingFactory(in_session=True, **options)
    AgendaItemFactory(
        meeting=meeting,
        kind=ItemKind.APPROVE_SERIES,
        effect="approve_series",
        series=series,
        proposed_decision_fr="La série est approuvée.",
    )
    return meeting


def together(count, work):
    """`work(n)` in as many threads, all begun at the same moment; what each gave or raised."""
    start = Barrier(count)

    def one(n):
        try:
            start.wait(timeout=30)
            return work(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.mark.django_db(transaction=True)
def test_twenty_recordings_and_closings_at_once_number_once_and_act_once():
    secretary = UserFactory(is_secretariat=True)
    committee = CommitteeFactory()
    every_series = [SeriesFactory(submitted=True) for _n in range(4)]
    meetings = [a_meeting_about(series, committee) for series in every_series]
    for meeting in meetings:
        ActionFactory(committee=committee, meeting=meeting, status="planned")

    def record_and_close(n):
        meeting = Meeting.objects.get(pk=meetings[n % len(meetings)].pk)
        actor = User.objects.get(pk=secretary.pk)
        if meeting.status == "in_session":
            item = meeting.agenda.get()
            with suppress(OffTheAgenda):  # another secretary closed the meeting in between
                decisions.record_outcome(actor=actor, item=item, outcome=Outcome.APPROVED)
        return [one.pk for one in decisions.close_meeting(actor=actor, meeting=meeting)]

    answers = together(AT_ONCE, record_and_close)
    found = Decision.objects.order_by("number")
    assert [decision.number for decision in found] == [1, 2, 3, 4]
    assert sorted({pk for answer in answers for pk in answer}) == sorted(
        found.values_list("pk", flat=True)
    )
    approved = ProjectSeries.objects.filter(status=SeriesStatus.APPROVED)
    assert approved.count() == len(every_series)
    for series in approved:
        turned = series.events.filter(status=SeriesStatus.APPROVED).order_by("pk")
        assert turned.count() == 1, "approved once, by one transaction"
    opened = Action.objects.order_by("pk")
    assert [one.status for one in opened] == ["open"] * len(meetings)
    told = Message.objects.filter(kind="action_opened").values_list("recipient", "key")
    assert len(told) == len(set(told)) == len(meetings)
    call_command("verify_decisions")


@contextmanager
def unguarded():
    """The rows as a database without the check would hold them."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE projects_projectseries DISABLE TRIGGER USER")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE projects_projectseries ENABLE TRIGGER USER")


@pytest.mark.django_db
def test_an_approved_series_without_its_decision_is_found(capsys):
    orphan = SeriesFactory(submitted=True)
    with unguarded():
        ProjectSeries.objects.filter(pk=orphan.pk).update(
            status=SeriesStatus.APPROVED, approved_on="2026-01-01"
        )
    with pytest.raises(SystemExit):
        call_command("verify_decisions")
    assert orphan.code in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_at_the_end_of_the_transaction_what_the_check_would_find():
    waiting, approved = SeriesFactory(submitted=True), SeriesFactory()
    decision = approved.decisions.get()

    def refused(statement):
        with pytest.raises(IntegrityError, match="standing approving decisions"):
            run(statement)

    approve = "UPDATE projects_projectseries SET status = 'approved', approved_on = '2026-01-01' WHERE id = "
    refused(f"{approve}{waiting.pk}")
    refused(
        f"UPDATE projects_projectseries SET status = 'submitted', approved_on = NULL WHERE id = {approved.pk}"
    )
    item = AgendaItemFactory(meeting=decision.meeting)
    again = again_by_sql(decision, item)
    refused(again("NULL", "false"))
    refused(again(decision.pk, "true"))
    run(again(decision.pk, "false"))  # a correction takes its place
    call_command("verify_decisions")
    third = again_by_sql(decision, AgendaItemFactory(meeting=decision.meeting))
    with pytest.raises(IntegrityError, match="decision_corrected_once"):
        run(third(decision.pk, "false"))


@transaction.atomic
def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def again_by_sql(decision, item):
    """A statement that approves the same series again, by another item."""
    columns = [field.column for field in Decision._meta.concrete_fields if field.name != "id"]
    others = {"item_id": item.pk, "number": decision.committee.decisions.count() + 1}

    def statement(corrects, withdraws):
        values = others | {"corrects_id": corrects, "withdraws": withdraws}
        chosen = ", ".join(str(values.get(column, column)) for column in columns)
        return (
            f"INSERT INTO governance_decision ({', '.join(columns)}) "
            f"SELECT {chosen} FROM governance_decision WHERE id = {decision.pk}"
        )

    return statement


@pytest.mark.django_db
def test_the_facts_and_the_demonstration_hold(capsys):
    call_command("load_smart_port", verbosity=0)
    call_command("load_demo", verbosity=0)
    call_command("verify_decisions")
    assert "0 faults" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_second_meeting_that_approves_an_approved_series_is_refused_whole(cast):
    series = SeriesFactory(submitted=True)
    ProjectFactory(series=series, status="proposed", approved_on=None)
    first, second = a_meeting_about(series), a_meeting_about(series)
    for meeting in (first, second):
        decisions.record_outcome(
            actor=cast.secretary, item=meeting.agenda.get(), outcome=Outcome.APPROVED
        )
    decisions.close_meeting(actor=cast.secretary, meeting=first)
    with pytest.raises(AlreadyApproved), transaction.atomic():
        decisions.close_meeting(actor=cast.secretary, meeting=second)
    second.refresh_from_db()
    assert second.status == "in_session"
    assert Decision.objects.count() == 1
    call_command("verify_decisions")
