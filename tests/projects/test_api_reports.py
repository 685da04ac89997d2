"""Reports by the API: written, sent, reviewed and corrected by those who may, each change from the current version."""

from datetime import date

import pytest

from partners.enums import TokenScope
from projects.enums import Health, ReportStatus
from projects.models import ReviewNote
from projects.services.reports import save_draft
from tests.api import call, token_for
from tests.factories.projects import (
    IndicatorValueFactory,
    MilestoneFactory,
    ProjectFactory,
    ReportFactory,
    RiskFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(cast):
    return ProjectFactory(lead=cast.partner_a)


@pytest.fixture
def draft(project):
    return ReportFactory(draft=True, project=project)


@pytest.fixture
def submitted(project):
    return ReportFactory(submitted=True, project=project)


def act(path: str, person, *, method: str = "post", data=None, tag: str | None = None):
    """Changes something as a person who has just read it (or who read the version `tag` names)."""
    read = path.split("/")
    tag = tag if tag is not None else call(f"{read[0]}/{read[1]}/", user=person)["ETag"]
    headers = {"if_match": tag} if tag else {}
    return call(path, user=person, method=method, data=data, **headers)


class TestPreconditions:
    def test_a_change_that_names_no_version_is_refused(self, cast, draft):
        answer = act(f"reports/{draft.pk}/submit", cast.owner, tag="")
        assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")
        draft.refresh_from_db()
        assert draft.status == ReportStatus.DRAFT

    def test_a_change_of_an_older_version_is_refused(self, cast, draft):
        tag = call(f"reports/{draft.pk}/", user=cast.owner)["ETag"]
        save_draft(
            actor=cast.colleague,
            report=draft,
            data={"achievements": "Neuf."},
            revision=draft.revision,
        )
        answer = act(f"reports/{draft.pk}/", cast.owner, method="patch", data={"ask": "x"}, tag=tag)
        assert (answer.status_code, answer.json()["code"]) == (412, "stale")
        draft.refresh_from_db()
        assert (draft.achievements, draft.ask) == ("Neuf.", "")

    def test_the_answer_gives_the_version_for_the_next_change(self, cast, draft):
        first = act(f"reports/{draft.pk}/", cast.owner, method="patch", data={"ask": "Une aide"})
        assert first["ETag"] == call(f"reports/{draft.pk}/", user=cast.owner)["ETag"]
        second = act(f"reports/{draft.pk}/submit", cast.owner, tag=first["ETag"])
        assert second.status_code == 200, second.json()

    def test_the_tag_that_compression_weakens_is_accepted(self, cast, draft):
        tag = call(f"reports/{draft.pk}/", user=cast.owner)["ETag"]
        answer = act(f"reports/{draft.pk}/submit", cast.owner, tag=f"W/{tag}")
        assert answer.status_code == 200


class TestWriting:
    def test_parts_of_a_draft_are_changed_and_the_rest_stays(self, cast, draft):
        answer = act(
            f"reports/{draft.pk}/", cast.owner, method="patch",
            data={"health": "rainy", "cause": "Grève", "public_summary": {"fr": "Retard."}, "completion_percent": 55},
        )  # fmt: skip
        assert answer.status_code == 200, answer.json()
        draft.refresh_from_db()
        assert (draft.health, draft.cause, draft.completion_percent) == (Health.RAINY, "Grève", 55)
        assert (draft.public_summary_fr, draft.public_summary_en) == (
            "Retard.",
            "The tests are over.",
        )
        assert draft.edited_by == cast.owner
        assert answer.json()["revision"] == draft.revision

    def test_milestones_indicators_and_risks_are_written_as_by_the_form(self, cast, draft):
        milestone = MilestoneFactory(project=draft.project)
        value = IndicatorValueFactory(report=draft)
        RiskFactory(report=draft)
        RiskFactory(report=draft, position=1)
        answer = act(
            f"reports/{draft.pk}/", cast.owner, method="patch",
            data={
                "milestones": [{"id": milestone.pk, "forecast_on": "2027-01-31", "reason": "Pompes en retard"}],
                "indicators": [{"id": value.indicator_id, "value": "17.5"}],
                "risks": [{"title": "Un seul fournisseur", "likelihood": 3}],
            },
        )  # fmt: skip
        assert answer.status_code == 200, answer.json()
        assert answer.json()["milestones"][0]["forecast_on"] == "2027-01-31"
        assert answer.json()["indicators"][0]["value"] == "17.5"
        assert [risk["title"] for risk in answer.json()["risks"]] == ["Un seul fournisseur"]
        assert draft.milestone_updates.get().forecast_on == date(2027, 1, 31)

    @pytest.mark.parametrize(
        ("data", "field"),
        [
            ({"helth": "sunny"}, "helth"),
            ({"health": "foggy"}, "health"),
            ({"completion_percent": 101}, "completion_percent"),
            ({"public_summary": {"de": "x"}}, "public_summary.de"),
            ({"milestones": [{"id": 999_999}]}, "milestones.0.id"),
            ({"indicators": [{"id": 1, "value": "NaN"}]}, "indicators.0.value"),
            ({"achievements": "a\x00b"}, "achievements"),
            ({"risks": [{"title": ""}]}, "risks.0.title"),
        ],
    )
    def test_a_wrong_value_is_refused_next_to_its_name_and_nothing_is_kept(
        self, cast, draft, data, field
    ):
        before = draft.revision
        answer = act(
            f"reports/{draft.pk}/", cast.owner, method="patch", data={"ask": "Une aide", **data}
        )
        assert answer.status_code == 400
        assert [error["field"] for error in answer.json()["errors"]] == [field]
        draft.refresh_from_db()
        assert (draft.revision, draft.ask) == (before, "")

    def test_an_accepted_report_never_changes(self, cast, project):
        report = ReportFactory(accepted=True, project=project)
        answer = act(f"reports/{report.pk}/", cast.owner, method="patch", data={"ask": "x"})
        assert (answer.status_code, answer.json()["code"]) == (409, "not_editable")


class TestRights:
    def test_anonymous_people_are_asked_who_they_are(self, draft):
        assert act(f"reports/{draft.pk}/submit", None, tag='"x"').status_code == 401

    def test_strangers_are_told_nothing(self, cast, draft):
        assert act(f"reports/{draft.pk}/submit", cast.stranger, tag='"x"').status_code == 404

    def test_who_reads_a_public_report_may_not_change_it(self, cast, project):
        report = ReportFactory(accepted=True, project=project)
        assert (
            act(f"reports/{report.pk}/correct", cast.stranger, data={"reason": "x"}).status_code
            == 403
        )

    def test_partners_do_not_review(self, cast, submitted):
        answer = act(f"reports/{submitted.pk}/accept", cast.owner)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")

    def test_a_token_for_reading_does_not_send_a_report(self, cast, draft):
        for scope, expected in ((TokenScope.READ, 403), (TokenScope.WRITE, 428)):
            secret = token_for(cast.owner, scope=scope)
            assert (
                call(f"reports/{draft.pk}/submit", token=secret, method="post").status_code
                == expected
            )

    def test_the_history_names_the_owner_of_the_token(self, cast, draft):
        secret = token_for(cast.owner, scope=TokenScope.WRITE)
        tag = call(f"reports/{draft.pk}/", token=secret)["ETag"]
        answer = call(f"reports/{draft.pk}/submit", token=secret, method="post", if_match=tag)
        assert answer.status_code == 200, answer.json()
        last = draft.events.order_by("-pgh_id").first()
        assert last.pgh_context.metadata["user"] == cast.owner.pk


class TestTheCycle:
    def test_a_report_is_submitted_sent_back_submitted_again_and_accepted(self, cast, draft):
        assert act(f"reports/{draft.pk}/submit", cast.owner).json()["status"] == "submitted"
        back = act(
            f"reports/{draft.pk}/send-back",
            cast.secretary,
            data={"reasons": {"achievements": "Précisez la date."}},
        )
        assert back.json()["status"] == "sent_back"
        assert ReviewNote.objects.filter(section="achievements", text="Précisez la date.").exists()
        assert act(f"reports/{draft.pk}/submit", cast.owner).json()["status"] == "submitted"
        accepted = act(f"reports/{draft.pk}/accept/", cast.secretary, data={"remark": "Merci."})
        assert accepted.json()["status"] == "accepted"
        public = call(f"reports/{draft.pk}/").json()
        assert public["public_summary"]["fr"] == "Les essais sont terminés."
        draft.project.refresh_from_db()
        assert draft.project.latest_report == draft

    def test_an_incomplete_report_is_refused_field_by_field(self, cast, project):
        report = ReportFactory(project=project)
        answer = act(f"reports/{report.pk}/submit", cast.owner)
        assert (answer.status_code, answer.json()["code"]) == (400, "incomplete")
        assert {"health", "achievements"} <= {error["field"] for error in answer.json()["errors"]}

    def test_a_report_goes_back_with_a_reason_only(self, cast, submitted):
        for data in (
            {},
            {"reasons": {}},
            {"reasons": {"health": " "}},
            {"reasons": {"colour": "x"}},
        ):
            assert (
                act(f"reports/{submitted.pk}/send-back", cast.secretary, data=data).status_code
                == 400
            )

    def test_accepting_twice_is_refused(self, cast, submitted):
        assert act(f"reports/{submitted.pk}/accept", cast.secretary).status_code == 200
        answer = act(f"reports/{submitted.pk}/accept", cast.secretary)
        assert (answer.status_code, answer.json()["code"]) == (409, "transition_refused")

    def test_a_correction_is_a_new_version(self, cast, project):
        report = ReportFactory(accepted=True, project=project)
        answer = act(f"reports/{report.pk}/correct", cast.owner, data={"reason": "Une faute"})
        assert answer.status_code == 201, answer.json()
        assert (answer.json()["version"], answer.json()["status"]) == (2, "draft")
        assert answer.json()["id"] != report.pk

    def test_abilities_say_what_comes_next(self, cast, draft):
        def may(person):
            return {
                name
                for name, yes in call(f"reports/{draft.pk}/", user=person)
                .json()["abilities"]
                .items()
                if yes
            }

        assert {"edit", "submit"} <= may(cast.owner)
        assert "review" not in may(cast.secretary)
        act(f"reports/{draft.pk}/submit", cast.owner)
        assert "submit" not in may(cast.owner)
        assert "review" in may(cast.secretary)
