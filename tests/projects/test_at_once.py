"""Several people at the same moment, each with a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from partners.models import Message
from projects.models import Project, ReportingPeriod
from projects.services import agreements, campaigns, reports, reviews
from smartport.errors import Refusal
from tests.factories.projects import (
    APPROVAL,
    AgreementFactory,
    PartyFactory,
    ProjectFactory,
    ReportFactory,
    SeriesFactory,
    approve,
)

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 6


def at_once(verb: Callable[[int], object], times: int = PEOPLE) -> int:
    """How many of them were done; the others were refused."""
    gate = Barrier(times)

    def one(place: int) -> bool:
        try:
            gate.wait(20)
            verb(place)
            return True
        except Refusal:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return sum(pool.map(one, range(times)))


def test_a_report_submitted_by_six_clicks_is_sent_once(cast):
    report = ReportFactory(project=ProjectFactory(lead=cast.partner_a), draft=True)
    writer, secretary = cast.owner, cast.secretary
    assert at_once(lambda _place: reports.submit(actor=writer, report=report)) == 1
    assert [note.action for note in report.review_notes.all()] == ["submitted"]
    assert Message.objects.filter(kind="report_submitted", recipient=secretary).count() == 1


def test_a_report_reviewed_by_six_at_once_has_one_answer(cast):
    report = ReportFactory(project=ProjectFactory(lead=cast.partner_a), submitted=True)
    secretary = cast.secretary

    def answer(place):
        if place % 2:
            reviews.accept(actor=secretary, report=report)
        else:
            reviews.send_back(actor=secretary, report=report, reasons={"general": "À revoir."})

    assert at_once(answer) == 1
    assert report.review_notes.count() == 1


def test_six_saves_of_one_version_keep_one_and_refuse_five(cast):
    report = ReportFactory(project=ProjectFactory(lead=cast.partner_a))
    writer = cast.owner

    def save(place):
        reports.save_draft(
            actor=writer, report=report, revision=0, data={"achievements": f"Texte {place}."}
        )

    assert at_once(save) == 1
    report.refresh_from_db()
    assert report.revision == 1


def test_six_corrections_at_once_open_one_version(cast):
    report = ReportFactory(project=ProjectFactory(lead=cast.partner_a), accepted=True)
    writer = cast.owner
    done = at_once(
        lambda _place: reports.open_correction(actor=writer, report=report, reason="Chiffre faux.")
    )
    assert done == 1
    assert report.project.reports.count() == 2


def test_six_schedulers_open_a_campaign_once():
    ProjectFactory.create_batch(3, series=SeriesFactory())
    assert at_once(lambda _place: campaigns.open_reports(on=date(2026, 10, 5))) == PEOPLE
    assert ReportingPeriod.objects.count() == 1
    assert [project.reports.count() for project in Project.objects.all()] == [1, 1, 1]


def test_a_series_approved_by_six_at_once_is_approved_once(cast):
    series = SeriesFactory(submitted=True)
    ProjectFactory(proposed=True, series=series)
    secretary = cast.secretary
    assert at_once(lambda _place: approve(series, actor=secretary)) == 1
    assert series.decisions.count() == 1


def test_the_last_two_signatures_at_once_bring_the_agreement_into_force(cast):
    agreement = AgreementFactory()
    parties = PartyFactory.create_batch(2, agreement=agreement)
    secretary = cast.secretary

    def sign(place):
        agreements.record_signature(
            actor=secretary, party=parties[place], signed_on=APPROVAL, signatory="Ada Martin"
        )

    assert at_once(sign, times=2) == 2
    agreement.refresh_from_db()
    assert agreement.status == "in_force"
