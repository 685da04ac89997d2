"""The report in the browser's terms: who opens which page, what a post does, what bad input gets."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from projects.models import Evidence, ProgressReport, UnmergedDraft
from tests.factories.projects import (
    ContributionFactory,
    MilestoneFactory,
    ProjectFactory,
    ProjectIndicatorFactory,
    ProjectPartnerFactory,
    ReportFactory,
)

pytestmark = pytest.mark.django_db

FILLED = {
    "health": "sunny",
    "completion_percent": "45",
    "achievements": "Le quai 12 est équipé.",
    "next_steps": "Former.",
    "public_summary_fr": "Le quai est équipé.",
}
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def report(cast):
    return ReportFactory(project=ProjectFactory(lead=cast.partner_a, approved=True))


@pytest.fixture
def writer(client, cast):
    client.force_login(cast.owner)
    return client


def page(name, report, *args):
    return reverse(f"projects:{name}", args=[report.pk, *args])


def version_in(response):
    return unescape(re.search(r'name="version" value="([^"]*)"', response.content.decode())[1])


def send(client, report, action="save", version=None, **data):
    if version is None:
        version = version_in(client.get(page("report_edit", report)))
    return client.post(
        page("report_edit", report), {**FILLED, **data, "version": version, "action": action}
    )


def test_the_form_opens_for_the_lead_partner_and_says_what_is_due(writer, report):
    answer = writer.get(page("report_edit", report))
    assert answer.status_code == 200
    assert answer.content.count(b"<h1") == 1


def test_others_do_not_get_the_form(client, cast, report):
    client.force_login(cast.stranger)
    for name in ("report_detail", "report_edit", "report_conflict"):
        assert client.get(page(name, report)).status_code == 404
    ProjectPartnerFactory(project=report.project, partner=cast.partner_b)
    assert client.get(page("report_detail", report)).status_code == 200
    assert client.get(page("report_edit", report)).status_code == 403
    assert client.post(page("report_edit", report), FILLED).status_code == 403


def test_without_a_session_the_form_asks_to_sign_in(client, report):
    answer = client.get(page("report_edit", report))
    assert answer.status_code == 302
    assert reverse("account_login") in answer.url


def sign_in(client, user):
    return client.post(
        reverse("account_login"), {"login": user.email, "password": "smartport-demo"}, follow=True
    )


def test_what_is_sent_after_the_session_ended_comes_back_after_signing_in(writer, cast, report):
    for person in (cast.owner, cast.colleague):
        person.set_password("smartport-demo")
        person.save()
    writer.force_login(cast.owner)
    shown = writer.get(page("report_edit", report))
    mark = re.search(r'name="writer" value="([^"]*)"', shown.content.decode())[1]
    Session.objects.all().delete()
    typed = {**FILLED, "achievements": "Tapé trop tard.", "writer": mark, "action": "submit"}
    answer = writer.post(page("report_edit", report), {**typed, "version": version_in(shown)})
    assert answer.status_code == 302
    assert reverse("account_login") in answer.url
    sign_in(writer, cast.owner)
    back = writer.get(page("report_edit", report))
    assert "Tapé trop tard." in back.content.decode()
    assert "Votre texte est revenu" in back.content.decode()
    report.refresh_from_db()
    assert (report.status, report.achievements) == ("open", "")
    writer.post(page("report_edit", report), {**typed, "version": version_in(back)})
    report.refresh_from_db()
    assert (report.status, report.achievements) == ("submitted", "Tapé trop tard.")


@pytest.mark.parametrize("forged", [True, False])
def test_a_text_sent_without_a_session_is_for_its_writer_alone(client, cast, report, forged):
    client.force_login(cast.owner)
    shown = client.get(page("report_edit", report))
    mark = re.search(r'name="writer" value="([^"]*)"', shown.content.decode())[1]
    client.logout()
    cast.colleague.set_password("smartport-demo")
    cast.colleague.save()
    client.post(
        page("report_edit", report),
        {"achievements": "Tapé trop tard.", "writer": "forged" if forged else mark},
    )
    assert bool(client.session.keys()) is not forged
    sign_in(client, cast.colleague)
    assert "Tapé trop tard." not in client.get(page("report_edit", report)).content.decode()


def test_opening_the_form_changes_nothing(writer, report):
    writer.get(page("report_edit", report))
    report.refresh_from_db()
    assert (report.status, report.revision) == ("open", 0)


def test_a_draft_is_kept_and_the_form_shows_it_again(writer, report):
    answer = send(writer, report, achievements="Premiers essais.")
    assert answer.status_code == 302
    report.refresh_from_db()
    assert (report.status, report.achievements) == ("draft", "Premiers essais.")
    assert "Premiers essais." in writer.get(page("report_edit", report)).content.decode()


def test_a_complete_report_is_sent_in_one_post(writer, report):
    milestone = MilestoneFactory(project=report.project)
    followed = ProjectIndicatorFactory(project=report.project)
    money = ContributionFactory(project=report.project, recipient=report.project.lead)
    answer = send(
        writer,
        report,
        "submit",
        **{
            f"milestone-{milestone.pk}-forecast_on": "2026-11-15",
            f"milestone-{milestone.pk}-actual_on": "",
            f"milestone-{milestone.pk}-reason": "Retard du fournisseur",
            f"indicator-{followed.pk}-value": "12,5",
            f"expenditure-{money.pk}-amount": "30 000,50 €",
            "risk-0-title": "Grève",
            "risk-0-likelihood": "3",
            "risk-0-impact": "2",
        },
    )
    assert (answer.status_code, answer.url) == (302, report.get_absolute_url())
    report.refresh_from_db()
    assert report.status == "submitted"
    assert report.milestone_updates.get().forecast_on == date(2026, 11, 15)
    assert float(report.indicator_values.get().value) == 12.5
    assert float(report.expenditures.get().amount) == 30000.50
    assert (report.risks.get().title, report.risks.get().likelihood) == ("Grève", 3)
    assert "Grève" in writer.get(report.get_absolute_url()).content.decode()


def test_a_double_click_on_send_sends_once(writer, report):
    version = version_in(writer.get(page("report_edit", report)))
    for _click in range(2):
        answer = send(writer, report, "submit", version=version)
        assert answer.url == report.get_absolute_url()
    assert report.review_notes.filter(action="submitted").count() == 1
    assert not UnmergedDraft.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("completion_percent", "101", "de 0 à 100"),
        ("completion_percent", "beaucoup", "de 0 à 100"),
        ("public_summary_fr", "x" * 1300, "1200"),
    ],
)
def test_what_cannot_be_stored_is_said_beside_its_field_and_kept(
    writer, report, field, typed, said
):
    answer = send(writer, report, "save", **{field: typed})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert typed in text
    report.refresh_from_db()
    assert report.achievements == FILLED["achievements"], "the rest is saved"
    assert report.held_input == {field: typed}
    assert typed in writer.get(page("report_edit", report)).content.decode()
    assert send(writer, report, "submit", **{field: typed}).status_code == 422
    report.refresh_from_db()
    assert report.status == "draft"


@pytest.mark.parametrize("health", ["rainy", "stormy"])
def test_rain_and_storm_want_cause_and_ask(writer, report, health):
    answer = send(writer, report, "submit", health=health)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_cause_error"' in text
    assert 'id="id_ask_error"' in text
    assert FILLED["achievements"] in text


def test_a_forecast_before_the_baseline_is_refused_with_the_baseline(writer, report):
    milestone = MilestoneFactory(project=report.project)
    name = f"milestone-{milestone.pk}-forecast_on"
    answer = send(writer, report, "submit", **{name: "2026-01-05"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "28\xa0septembre 2026" in text
    assert 'value="2026-01-05"' in text


def test_a_milestone_cannot_be_reached_tomorrow(writer, report):
    milestone = MilestoneFactory(project=report.project)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    answer = send(writer, report, "submit", **{f"milestone-{milestone.pk}-actual_on": tomorrow})
    assert f'id="id_milestone-{milestone.pk}-actual_on_error"' in answer.content.decode()


def test_a_script_in_a_text_stays_a_text(writer, report):
    send(writer, report, "submit", achievements=SCRIPT)
    for name in ("report_detail",):
        text = writer.get(page(name, report)).content.decode()
        assert SCRIPT not in text
        assert "&lt;script&gt;" in text


def test_an_executable_named_pdf_is_refused_and_the_text_is_kept(writer, report):
    fake = SimpleUploadedFile("rapport.pdf", b"MZ\x90\x00" + b"\x00" * 500, "application/pdf")
    answer = send(writer, report, "submit", evidence=fake)
    assert answer.status_code == 422
    assert "rapport.pdf" in answer.content.decode()
    report.refresh_from_db()
    assert (report.status, report.achievements) == ("draft", FILLED["achievements"])
    assert not Evidence.objects.exists()


def test_a_file_too_large_is_refused_with_the_limit(writer, report, settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    large = SimpleUploadedFile("plan.pdf", b"%PDF-1.7" + b"0" * (1024 * 1024 + 1))
    answer = send(writer, report, "add_file", evidence=large)
    assert "1 mégaoctet" in unescape(answer.content.decode())
    assert not Evidence.objects.exists()


def test_a_good_file_is_joined_hashed_and_handed_to_its_readers_only(writer, client, cast, report):
    good = SimpleUploadedFile("../Plan d’accès.pdf", b"%PDF-1.7\n%%EOF")
    send(writer, report, "add_file", evidence=good)
    proof = Evidence.objects.get()
    assert proof.name == "Plan d’accès.pdf"
    assert len(proof.sha256) == 64
    address = page("evidence_file", report, proof.pk)
    answer = writer.get(address)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == b"%PDF-1.7\n%%EOF"
    version = version_in(writer.get(page("report_edit", report)))
    writer.post(
        page("report_edit", report), {**FILLED, "version": version, "remove_file": proof.pk}
    )
    assert not Evidence.objects.exists()


def test_two_people_in_one_field_choose_between_both_texts(writer, client, cast, report):
    version = version_in(writer.get(page("report_edit", report)))
    client.force_login(cast.colleague)
    send(client, report, achievements="Écrit par la collègue.")
    client.force_login(cast.owner)
    answer = send(client, report, version=version, achievements="Écrit par moi.")
    assert answer.url == page("report_conflict", report)
    screen = client.get(answer.url).content.decode()
    assert "Écrit par moi." in screen
    assert "Écrit par la collègue." in screen
    report.refresh_from_db()
    assert report.achievements == "Écrit par la collègue.", (
        "nothing is overwritten before the choice"
    )
    client.post(answer.url, {"version": report.revision, "choice-achievements": "mine"})
    report.refresh_from_db()
    assert report.achievements == "Écrit par moi."
    assert not UnmergedDraft.objects.exists()


def test_choosing_their_text_keeps_it(writer, client, cast, report):
    version = version_in(writer.get(page("report_edit", report)))
    client.force_login(cast.colleague)
    send(client, report, achievements="Écrit par la collègue.")
    client.force_login(cast.owner)
    send(client, report, version=version, achievements="Écrit par moi.", next_steps="À garder.")
    report.refresh_from_db()
    client.post(
        page("report_conflict", report),
        {"version": report.revision, "choice-achievements": "theirs"},
    )
    report.refresh_from_db()
    assert (report.achievements, report.next_steps) == ("Écrit par la collègue.", "À garder.")
    assert not UnmergedDraft.objects.exists()


def test_a_text_kept_aside_stays_until_it_is_chosen_or_given_up(writer, client, cast, report):
    version = version_in(writer.get(page("report_edit", report)))
    client.force_login(cast.colleague)
    send(client, report, achievements="Écrit par la collègue.")
    client.force_login(cast.owner)
    send(client, report, version=version, achievements="Écrit par moi.")
    assert (
        page("report_conflict", report) in client.get(page("report_edit", report)).content.decode()
    )
    send(client, report, achievements="Écrit par la collègue.", next_steps="Ailleurs.")
    assert UnmergedDraft.objects.get().mine["achievements"] == "Écrit par moi."
    send(client, report, achievements="Écrit par moi.")
    assert not UnmergedDraft.objects.exists()


def test_a_text_that_comes_after_the_submission_is_kept_aside(writer, client, cast, report):
    version = version_in(writer.get(page("report_edit", report)))
    client.force_login(cast.colleague)
    send(client, report, "submit")
    client.force_login(cast.owner)
    answer = send(client, report, version=version, achievements="Trop tard, mais important.")
    assert answer.url == report.get_absolute_url()
    assert page("report_conflict", report) in client.get(answer.url).content.decode()
    kept = client.get(page("report_conflict", report)).content.decode()
    assert "Trop tard, mais important." in kept
    client.post(page("report_forget", report))
    assert not UnmergedDraft.objects.exists()


def test_a_closed_campaign_says_so_and_keeps_the_text(writer, report):
    version = version_in(writer.get(page("report_edit", report)))
    report.period.closed_on = timezone.localdate()
    report.period.save()
    answer = send(writer, report, version=version)
    assert answer.url == report.get_absolute_url()
    assert "campagne" in writer.get(answer.url).content.decode()
    assert UnmergedDraft.objects.get().mine["achievements"] == FILLED["achievements"]


def autosave(client, report, version, **data):
    return client.post(page("report_autosave", report), {**FILLED, **data, "version": version})


def test_the_form_saves_itself_and_goes_on_from_its_answer(writer, report):
    version = version_in(writer.get(page("report_edit", report)))
    first = autosave(writer, report, version, achievements="Un").json()
    assert first["saved_at"]
    second = autosave(writer, report, first["version"], achievements="Un deux")
    assert second.status_code == 200
    report.refresh_from_db()
    assert (report.achievements, report.revision) == ("Un deux", 2)


def test_saving_itself_over_a_newer_text_answers_where_to_choose(writer, client, cast, report):
    version = version_in(writer.get(page("report_edit", report)))
    client.force_login(cast.colleague)
    send(client, report, achievements="Écrit par la collègue.")
    client.force_login(cast.owner)
    answer = autosave(client, report, version, achievements="Écrit par moi.")
    assert (answer.status_code, answer.json()) == (409, {"url": page("report_conflict", report)})


def test_saving_itself_without_a_session_answers_401(client, report):
    assert autosave(client, report, "0 {}").status_code == 401


def test_half_a_number_does_not_stop_the_rest_from_being_saved(writer, report):
    version = version_in(writer.get(page("report_edit", report)))
    answer = autosave(writer, report, version, completion_percent="4x")
    assert answer.status_code == 200
    report.refresh_from_db()
    assert (report.achievements, report.completion_percent) == (FILLED["achievements"], None)
    assert report.held_input == {"completion_percent": "4x"}


def test_each_sees_that_the_other_is_there(writer, client, cast, report):
    assert writer.post(page("report_presence", report)).json()["others"] == ""
    client.force_login(cast.colleague)
    assert "Oriane" in client.post(page("report_presence", report)).json()["others"]


def test_the_preview_shows_the_public_summary_and_saves_nothing(writer, report):
    answer = writer.post(page("report_preview", report), FILLED)
    assert FILLED["public_summary_fr"] in answer.content.decode()
    assert FILLED["achievements"] not in answer.content.decode()
    report.refresh_from_db()
    assert report.revision == 0


def test_a_forged_version_loses_nothing(writer, report):
    for version in ("", "x", "0 []", '0 {"a":', "7 null"):
        answer = send(writer, report, version=version)
        assert answer.status_code == 302


def test_the_secretariat_reads_what_waits_and_accepts(client, cast, report):
    client.force_login(cast.owner)
    send(client, report, "submit")
    client.force_login(cast.secretary)
    assert report.project.title in client.get(reverse("projects:review_list")).content.decode()
    assert client.get(page("report_review", report)).status_code == 200
    answer = client.post(page("report_review", report), {"action": "accept", "remark": "Merci."})
    assert answer.url == reverse("projects:review_list")
    report.refresh_from_db()
    assert (report.status, report.project.health) == ("accepted", "sunny")


def test_the_secretariat_sends_back_with_reasons_that_stand_beside_the_section(
    client, cast, report
):
    client.force_login(cast.owner)
    send(client, report, "submit")
    client.force_login(cast.secretary)
    refused = client.post(page("report_review", report), {"action": "send_back"})
    assert refused.status_code == 422
    client.post(
        page("report_review", report),
        {"action": "send_back", "achievements": "Donnez un chiffre."},
    )
    client.force_login(cast.owner)
    assert "Donnez un chiffre." in client.get(page("report_edit", report)).content.decode()
    assert send(client, report, "submit", achievements="42 navires.").status_code == 302
    assert ProgressReport.objects.get(pk=report.pk).status == "submitted"


def test_only_the_secretariat_reviews(writer, report):
    assert writer.get(reverse("projects:review_list")).status_code == 403
    assert writer.get(page("report_review", report)).status_code == 403
    assert writer.post(page("report_review", report), {"action": "accept"}).status_code == 403


def test_a_correction_opens_from_the_accepted_report(client, cast, report):
    client.force_login(cast.owner)
    send(client, report, "submit")
    client.force_login(cast.secretary)
    client.post(page("report_review", report), {"action": "accept"})
    client.force_login(cast.owner)
    client.post(page("report_correct", report), {"reason": ""})
    assert ProgressReport.objects.count() == 1
    client.post(page("report_correct", report), {"reason": "Chiffre faux."})
    second = ProgressReport.objects.get(version=2)
    send(client, second, "submit", completion_percent="30")
    text = client.get(second.get_absolute_url()).content.decode()
    assert "auparavant" in text


def test_a_contributor_asks_for_the_confirmation_and_the_manager_sends(client, cast, report):
    cast.partner_a.manager_confirms = True
    cast.partner_a.save()
    client.force_login(cast.owner)
    assert 'value="ask"' in client.get(page("report_edit", report)).content.decode()
    answer = send(client, report, "ask")
    assert answer.url == report.get_absolute_url()
    report.refresh_from_db()
    assert (report.status, report.confirmation_asked_by) == ("draft", cast.owner)
    client.force_login(cast.manager)
    text = client.get(page("report_edit", report)).content.decode()
    assert 'value="submit"' in text
    assert "Oriane" in text
    send(client, report, "submit")
    report.refresh_from_db()
    assert (report.status, report.confirmed_by) == ("submitted", cast.manager)


def test_a_file_of_forty_megabytes_is_refused_and_the_text_is_kept(writer, report):
    large = SimpleUploadedFile("plan.pdf", b"%PDF-1.7" + bytes(40 * 1024 * 1024))
    answer = send(writer, report, "submit", evidence=large)
    assert "25" in answer.content.decode()
    report.refresh_from_db()
    assert (report.status, report.achievements) == ("draft", FILLED["achievements"])


@pytest.mark.parametrize("count", [3, 60])
def test_the_form_costs_the_same_for_3_and_for_60_milestones(
    writer, report, count, django_assert_max_num_queries
):
    MilestoneFactory.create_batch(count, project=report.project)
    with django_assert_max_num_queries(30) as asked:
        writer.get(page("report_edit", report))
    test_the_form_costs_the_same_for_3_and_for_60_milestones.seen = {
        **getattr(test_the_form_costs_the_same_for_3_and_for_60_milestones, "seen", {}),
        count: len(asked),
    }
    assert len(set(test_the_form_costs_the_same_for_3_and_for_60_milestones.seen.values())) == 1
