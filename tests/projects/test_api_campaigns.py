"""By the API as on the pages: files and remarks of a report, and what the secretariat does with its campaigns."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from partners.models import Message
from projects.models import Evidence, ReportingPeriod
from tests.api import call
from tests.factories.projects import ProjectFactory, ReportFactory
from tests.projects.test_api_reports import act

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture
def draft(cast):
    return ReportFactory(draft=True, project=ProjectFactory(lead=cast.partner_a))


@pytest.fixture
def period(draft):
    return draft.period


def join(report, person, content=PDF, name="plan.pdf"):
    client = Client(headers={"accept": "application/json"})
    client.force_login(person)
    tag = call(f"reports/{report.pk}/", user=person)["ETag"]
    return client.post(
        f"/api/v1/reports/{report.pk}/evidence",
        {"file": SimpleUploadedFile(name, content)},
        headers={"if-match": tag},
    )


def test_a_file_is_joined_read_and_removed(cast, draft):
    answer = join(draft, cast.owner)
    assert answer.status_code == 201, answer.json()
    told = answer.json()["evidence"][0]
    assert (told["name"], told["media_type"], len(told["sha256"])) == (
        "plan.pdf",
        "application/pdf",
        64,
    )
    path = f"reports/{draft.pk}/evidence/{told['id']}"
    assert b"".join(call(path, user=cast.secretary).streaming_content) == PDF
    assert call(path, user=cast.stranger).status_code == 404
    assert act(path, cast.secretary, method="delete").status_code == 403
    assert act(path, cast.owner, method="delete").json()["evidence"] == []
    assert not Evidence.objects.exists()


def test_a_program_named_pdf_is_refused_by_the_api_too(cast, draft):
    answer = join(draft, cast.owner, b"MZ\x90\x00")
    assert (answer.status_code, answer.json()["code"]) == (400, "file_refused")
    assert not Evidence.objects.exists()


def test_a_text_longer_than_on_the_page_is_refused(cast, draft):
    answer = act(
        f"reports/{draft.pk}/", cast.owner, method="patch", data={"public_summary": {"fr": "x" * 1201}}
    )  # fmt: skip
    assert answer.status_code == 400


def test_a_remark_reaches_the_other_side(cast, draft):
    secretary = cast.secretary
    answer = act(f"reports/{draft.pk}/remark", cast.owner, data={"text": "Une question."})
    assert answer.status_code == 201
    assert answer.json()["review_notes"][0]["text"] == "Une question."
    assert Message.objects.get(kind="report_remark").recipient == secretary


def test_a_contributor_asks_for_the_confirmation_once(cast, draft):
    manager = cast.manager
    for _time in range(2):
        answer = act(f"reports/{draft.pk}/ask-confirmation", cast.owner)
        assert answer.status_code == 200, answer.json()
    assert Message.objects.get(kind="report_to_confirm").recipient == manager


def test_more_time_is_the_secretariats_to_give(cast, draft):
    asked = {"due_on": str(draft.due_on + timedelta(days=9)), "reason": "Congés"}
    assert act(f"reports/{draft.pk}/extend", cast.owner, data=asked).status_code == 403
    assert act(f"reports/{draft.pk}/extend", cast.secretary, data=asked).status_code == 200
    draft.refresh_from_db()
    assert draft.extensions.get().reason == "Congés"


class TestCampaigns:
    def test_the_secretariat_sees_who_was_asked_and_others_see_no_campaign(self, cast, period):
        told = call(f"campaigns/{period.pk}/", user=cast.secretary).json()
        assert (told["asked"], told["sent"]) == (1, 0)
        assert call(f"campaigns/{period.pk}/", user=cast.owner).status_code == 404
        assert call("campaigns/", user=cast.owner).json()["results"] == []

    def test_one_is_planned_by_hand(self, cast, draft):
        series, today = draft.project.series, timezone.localdate()
        asked = {
            "series": series.code,
            "starts_on": str(today + timedelta(days=400)),
            "ends_on": str(today + timedelta(days=430)),
            "opens_on": str(today + timedelta(days=431)),
            "due_on": str(today + timedelta(days=440)),
        }
        for person, status in ((cast.manager, 403), (cast.secretary, 201), (cast.secretary, 409)):
            answer = call("campaigns/", user=person, method="post", data=asked)
            assert answer.status_code == status, answer.json()
        assert ReportingPeriod.objects.filter(opened_at=None).count() == 1

    def test_dates_move_and_missing_reports_are_chased_until_it_is_closed(self, cast, period):
        _ = cast.owner
        path = f"campaigns/{period.pk}"
        past = str(timezone.localdate() - timedelta(days=2))
        moved = act(
            f"{path}/", cast.secretary, method="patch", data={"opens_on": past, "due_on": past}
        )
        assert moved.status_code == 200, moved.json()
        assert act(f"{path}/remind", cast.secretary).status_code == 200
        assert Message.objects.filter(kind="report_chased").count() == 1
        assert act(f"{path}/close", cast.secretary).json()["closed_on"]
        assert act(f"{path}/reopen", cast.secretary).json()["closed_on"] is None
        assert call(f"{path}/close", user=cast.owner, method="post").status_code == 404

    def test_one_more_project_is_asked(self, cast, period):
        late = ProjectFactory(series=period.series)
        data = {"project": late.code, "due_on": str(timezone.localdate() + timedelta(days=9))}
        assert act(f"campaigns/{period.pk}/ask", cast.secretary, data=data).json()["asked"] == 2

    def test_rhythm_and_rules_of_a_project(self, cast, draft):
        project = draft.project
        rhythm = {"cadence": "monthly", "report_days": 10}
        series = f"series/{project.series_id}"
        assert act(f"{series}/rhythm", cast.manager, data=rhythm).status_code == 403
        assert act(f"{series}/rhythm", cast.secretary, data=rhythm).status_code == 200
        path = f"projects/{project.pk}"
        assert act(f"{path}/mute", cast.manager, data={"reason": "Travaux"}).status_code == 403
        assert act(f"{path}/mute", cast.secretary, data={"reason": "Travaux"}).status_code == 200
        assert act(f"{path}/unmute", cast.secretary).status_code == 200
        assert (
            act(f"{path}/report-days", cast.secretary, data={"report_days": 30}).status_code == 200
        )
        project.refresh_from_db()
        assert (project.report_days, project.reporting_muted_reason) == (30, "")
