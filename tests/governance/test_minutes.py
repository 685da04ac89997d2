"""Minutes: drafted from the data, edited by hand and then never overwritten, circulated, remarked on, approved."""

from datetime import timedelta
from io import BytesIO

import pikepdf
import pypdf
import pytest
from django.db import InternalError, transaction
from django.urls import reverse
from django.utils import timezone
from docx import Document

from governance.enums import ItemKind, MinutesStatus, VoteMode
from governance.errors import MinutesFrozen, MinutesNotReady
from governance.models import Minutes, MinutesDraft, MinutesExtract
from governance.services import attendance, decisions, extracts, meetings, minutes
from governance.services.preflight import preflight
from governance.tasks import approve_minutes
from partners.models import Message
from smartport.errors import NotAllowed, Stale
from tests.factories.governance import (
    ActionFactory,
    AgendaItemFactory,
    CommitteeFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee():
    return CommitteeFactory(objection_days=10)


@pytest.fixture
def mandates(cast, committee):
    return [
        MandateFactory(seat=SeatFactory(committee=committee), user=cast.member),
        MandateFactory(seat=SeatFactory(committee=committee)),
    ]


@pytest.fixture
def closed(cast, committee, mandates):
    """One member came, the other was excused; one decision by show of hands, one action."""
    meeting = MeetingFactory(committee=committee)
    meetings.summon(actor=cast.secretary, meeting=meeting)
    meetings.open_meeting(actor=cast.secretary, meeting=meeting)
    attendance.arrive(actor=cast.secretary, meeting=meeting, user=mandates[0].user)
    item = AgendaItemFactory(
        meeting=meeting, title_fr="Budget", proposed_decision_fr="Le budget est adopté."
    )
    ActionFactory(committee=committee, meeting=meeting, item=item, title="Envoyer le budget")
    decisions.record_outcome(
        actor=cast.secretary, item=item, outcome="approved", vote_mode=VoteMode.SHOW_OF_HANDS,
        votes_for=1, votes_against=0, votes_abstain=0,
    )  # fmt: skip
    decisions.close_meeting(actor=cast.secretary, meeting=meeting)
    meeting.refresh_from_db()
    return meeting


@pytest.fixture
def drafted(cast, closed):
    return minutes.draft(actor=cast.secretary, meeting=closed)


@pytest.fixture
def circulated(cast, drafted):
    return minutes.circulate(actor=cast.secretary, minutes=drafted)


def page(name, meeting, *args):
    return reverse(f"governance:{name}", args=[meeting.code, *args])


def test_the_draft_tells_who_was_there_what_was_decided_and_what_is_to_be_done(
    drafted, closed, mandates
):
    text = drafted.text
    assert str(mandates[0].user) in text.partition("Présents")[2].partition("\n")[0]
    assert str(mandates[1].user) in text.partition("Absents")[2].partition("\n")[0]
    assert closed.decisions.get().reference in text
    assert "Le budget est adopté." in text
    assert "1 pour, 0 contre" in text
    assert "Envoyer le budget" in text


def test_what_was_edited_by_hand_is_never_overwritten_and_every_revision_is_kept(
    cast, closed, drafted
):
    edited = minutes.edit(
        actor=cast.secretary, minutes=drafted, text="Ma rédaction", revision=drafted.revision
    )
    again = minutes.draft(actor=cast.secretary, meeting=closed)
    assert again.text == "Ma rédaction"
    assert list(edited.revisions.values_list("number", flat=True)) == [2, 1]
    with pytest.raises(InternalError), transaction.atomic():
        edited.revisions.update(text="autre")


def test_two_editors_are_told_of_each_other_and_lose_nothing(cast, as_user, closed, drafted):
    read_at = drafted.revision
    minutes.edit(actor=cast.secretary, minutes=drafted, text="Premier texte", revision=read_at)
    with pytest.raises(Stale):
        minutes.edit(actor=cast.secretary, minutes=drafted, text="Second", revision=read_at)
    response = as_user(cast.secretary).post(
        page("minutes_edit", closed), {"text": "Second texte", "revision": read_at}
    )
    assert response.status_code == 409
    assert "Second texte" in response.content.decode()
    assert Minutes.objects.get().text == "Premier texte"


def test_minutes_are_not_drafted_before_the_end_of_the_meeting(cast, committee):
    with pytest.raises(MinutesNotReady):
        minutes.draft(
            actor=cast.secretary, meeting=MeetingFactory(committee=committee, in_session=True)
        )


def test_members_read_the_minutes_once_circulated_and_others_never(cast, as_user, closed, drafted):
    url = page("minutes_detail", closed)
    assert as_user(cast.member).get(url).status_code == 404
    minutes.circulate(actor=cast.secretary, minutes=drafted)
    assert "Le budget est adopté." in as_user(cast.member).get(url).content.decode()
    assert as_user(cast.stranger).get(url).status_code == 404
    assert as_user(cast.member).get(page("minutes_edit", closed)).status_code == 403


def test_circulating_tells_each_member_until_when_to_object(circulated, mandates):
    told = Message.objects.filter(kind="minutes_circulated")
    assert {message.recipient for message in told} == {mandate.user for mandate in mandates}
    assert circulated.objections_until == timezone.localdate() + timedelta(days=10)


def test_a_circulated_text_does_not_change_until_it_is_taken_back(cast, circulated):
    with pytest.raises(MinutesFrozen):
        minutes.edit(
            actor=cast.secretary, minutes=circulated, text="Autre", revision=circulated.revision
        )
    back = minutes.take_back(actor=cast.secretary, minutes=circulated)
    assert (
        minutes.edit(actor=cast.secretary, minutes=back, text="Autre", revision=back.revision).text
        == "Autre"
    )


def test_a_member_remarks_and_the_secretariat_answers_beside_it(cast, as_user, closed, circulated):
    as_user(cast.member).post(page("minutes_remark", closed), {"text": "Il manque un avis."})
    remark = circulated.remarks.get()
    as_user(cast.secretary).post(page("remark_answer", closed, remark.pk), {"text": "Ajouté."})
    shown = as_user(cast.member).get(page("minutes_detail", closed)).content.decode()
    assert "Il manque un avis." in shown and "Ajouté." in shown


def test_an_empty_remark_is_said_beside_the_field(cast, as_user, closed, circulated):
    response = as_user(cast.member).post(page("minutes_remark", closed), {"text": " "})
    assert response.status_code == 422
    assert response.context["remark_form"].errors["text"]


def test_a_person_outside_the_committee_does_not_remark(cast, circulated):
    with pytest.raises(NotAllowed):
        minutes.remark(actor=cast.stranger, minutes=circulated, text="Bonjour")


def test_minutes_are_approved_tacitly_after_the_days_to_object_and_then_frozen(circulated):
    last = circulated.objections_until
    assert minutes.approve_tacitly(day=last) == 0
    assert minutes.approve_tacitly(day=last + timedelta(days=1)) == 1
    assert minutes.approve_tacitly(day=last + timedelta(days=2)) == 0
    circulated.refresh_from_db()
    assert circulated.tacitly and circulated.approved_on == last + timedelta(days=1)
    with pytest.raises(InternalError), transaction.atomic():
        Minutes.objects.update(text="autre")


def test_an_unanswered_remark_holds_the_tacit_approval_back(cast, circulated):
    remark = minutes.remark(actor=cast.member, minutes=circulated, text="Non")
    after = circulated.objections_until + timedelta(days=1)
    assert minutes.approve_tacitly(day=after) == 0
    minutes.answer(actor=cast.secretary, remark=remark, text="Corrigé")
    assert minutes.approve_tacitly(day=after) == 1
    assert approve_minutes() == 0


def test_the_next_meeting_approves_the_minutes_by_its_decision(cast, closed, circulated):
    following = MeetingFactory(committee=closed.committee, previous=closed, in_session=True)
    item = AgendaItemFactory(
        meeting=following, kind=ItemKind.APPROVE_MINUTES, effect="approve_minutes"
    )
    decisions.record_outcome(actor=cast.secretary, item=item, outcome="approved")
    (decision,) = decisions.close_meeting(actor=cast.secretary, meeting=following)
    circulated.refresh_from_db()
    assert circulated.status == MinutesStatus.APPROVED
    assert circulated.approved_by == decision


def test_minutes_nobody_could_read_are_not_approved_and_the_page_says_what_to_do(
    cast, as_user, closed, drafted
):
    following = MeetingFactory(committee=closed.committee, previous=closed, in_session=True)
    item = AgendaItemFactory(
        meeting=following, kind=ItemKind.APPROVE_MINUTES, effect="approve_minutes"
    )
    decisions.record_outcome(actor=cast.secretary, item=item, outcome="approved")
    client, close = as_user(cast.secretary), page("meeting_close", following)
    (warned,) = [one for one in preflight(following, "full") if "minutes" in one.code]
    assert warned.url == page("minutes_detail", closed) and not warned.is_error
    refused = client.post(close)
    assert refused.status_code == 409
    assert refused.context["refused_items"] == [item]
    assert "Diffusez" in str(refused.context["refusal"].remedy)
    following.refresh_from_db()
    assert following.status == "in_session" and not following.decisions.exists()
    minutes.circulate(actor=cast.secretary, minutes=drafted)
    assert client.post(close).status_code == 302
    drafted.refresh_from_db()
    assert drafted.approved_by == following.decisions.get()


def test_the_secretariat_goes_from_the_meeting_to_circulated_minutes_by_its_buttons(
    cast, as_user, closed
):
    client = as_user(cast.secretary)
    url = page("minutes_detail", closed)
    assert url in client.get(closed.get_absolute_url()).content.decode()
    client.post(page("minutes_draft", closed))
    client.post(page("minutes_edit", closed), {"text": "Texte relu", "revision": 1})
    client.post(page("minutes_circulate", closed))
    written = Minutes.objects.get()
    assert (written.text, written.status) == ("Texte relu", MinutesStatus.CIRCULATED)


def test_what_is_typed_is_kept_without_a_revision_and_comes_back_until_it_is_saved(
    cast, as_user, closed, drafted
):
    client = as_user(cast.secretary)
    typed = {"text": "En cours d’écriture", "revision": drafted.revision}
    assert client.post(page("minutes_autosave", closed), typed).json()["saved_at"]
    assert Minutes.objects.get().text == drafted.text
    assert "En cours d’écriture" in client.get(page("minutes_edit", closed)).content.decode()
    other = as_user(cast.admin)
    assert "En cours d’écriture" not in other.get(page("minutes_edit", closed)).content.decode()
    client.post(page("minutes_edit", closed), typed)
    assert Minutes.objects.get().text == "En cours d’écriture"
    assert not MinutesDraft.objects.exists()


def test_a_text_kept_while_another_was_saved_stands_beside_it_and_can_be_given_up(
    cast, as_user, closed, drafted
):
    client = as_user(cast.secretary)
    read_at = drafted.revision
    minutes.edit(actor=cast.admin, minutes=drafted, text="Le texte d’Ada", revision=read_at)
    kept = client.post(page("minutes_autosave", closed), {"text": "Le mien", "revision": read_at})
    assert kept.status_code == 409
    shown = client.get(page("minutes_edit", closed)).content.decode()
    assert "Le mien" in shown and "Ada" in shown and "<ins>" in shown
    client.post(page("minutes_give_up", closed))
    assert "Le mien" not in client.get(page("minutes_edit", closed)).content.decode()


def test_the_script_is_told_when_the_session_is_over_or_the_text_is_not_to_be_changed(
    cast, client, as_user, closed, circulated
):
    typed = {"text": "Trop tard", "revision": 1}
    assert client.post(page("minutes_autosave", closed), typed).status_code == 401
    assert as_user(cast.member).post(page("minutes_autosave", closed), typed).status_code == 403
    refused = as_user(cast.secretary).post(page("minutes_autosave", closed), typed)
    assert refused.status_code == 422 and refused.json()["message"]


def test_two_people_with_the_same_minutes_open_are_named_to_each_other(
    cast, as_user, closed, drafted
):
    as_user(cast.admin).post(page("minutes_presence", closed))
    told = as_user(cast.secretary).post(page("minutes_presence", closed)).json()["others"]
    assert cast.admin.get_full_name() in told


def test_a_revision_is_read_as_what_it_changed_in_the_one_before(cast, as_user, closed, drafted):
    minutes.edit(
        actor=cast.secretary,
        minutes=drafted,
        text=drafted.text.replace("adopté", "rejeté"),
        revision=drafted.revision,
    )
    shown = as_user(cast.secretary).get(page("minutes_revision", closed, 2)).content.decode()
    assert "adopté" in shown.partition("<del>")[2].partition("</del>")[0]
    assert "rejeté" in shown.partition("<ins>")[2].partition("</ins>")[0]


def test_the_pdf_and_the_word_file_hold_text_attendance_votes_decisions_and_actions(
    cast, as_user, closed, circulated, mandates
):
    read = as_user(cast.member)
    pdf = read.get(page("minutes_pdf", closed))
    word = read.get(page("minutes_word", closed))
    with pikepdf.open(BytesIO(pdf.content)) as opened:
        assert opened.Root.MarkInfo.Marked
    pages = inspected(pdf.content)
    document = Document(BytesIO(word.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    written = "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)
    for text in (pages, written):
        text = " ".join(text.split())
        for part in (
            "Le budget est adopté.", str(mandates[0].user), closed.decisions.get().reference, "1 pour, 0 contre",
            "Envoyer le budget",
        ):  # fmt: skip
            assert part in text, part
    assert as_user(cast.stranger).get(page("minutes_pdf", closed)).status_code == 404
    again = read.get(page("minutes_word", closed))
    assert again.content == word.content


def inspected(pdf):
    """The text of a PDF."""
    return "\n".join(one.extract_text() for one in pypdf.PdfReader(BytesIO(pdf)).pages)


def test_typed_markup_stays_text_in_both_files(cast, as_user, closed, drafted):
    hostile = '1. #read("x") *gras* {{ cover }} <b> \u202emirror 𝄞'
    minutes.edit(actor=cast.secretary, minutes=drafted, text=hostile, revision=drafted.revision)
    client = as_user(cast.secretary)
    assert "{{ cover }}" in inspected(client.get(page("minutes_pdf", closed)).content)
    word = Document(BytesIO(client.get(page("minutes_word", closed)).content))
    assert any("{{ cover }} <b>" in paragraph.text for paragraph in word.paragraphs)


def test_a_remark_is_told_to_the_secretariat_and_its_answer_to_its_author(cast, circulated):
    cast.secretary  # noqa: B018 (is told of it)
    remark = minutes.remark(actor=cast.member, minutes=circulated, text="Il manque un avis.")
    assert "Il manque un avis." in Message.objects.get(kind="minutes_remark").text
    minutes.answer(actor=cast.secretary, remark=remark, text="Ajouté.")
    assert Message.objects.get(kind="minutes_answered").recipient == cast.member


def test_after_an_outage_minutes_are_approved_as_of_the_day_they_should_have_been(circulated):
    last = circulated.objections_until
    assert minutes.approve_tacitly(day=last + timedelta(days=30)) == 1
    circulated.refresh_from_db()
    assert circulated.approved_on == last + timedelta(days=1)


class TestExtract:
    @pytest.fixture
    def approved(self, cast, closed, drafted):
        item = closed.agenda.get()
        circulated = minutes.circulate(actor=cast.secretary, minutes=drafted)
        minutes.approve_tacitly(day=circulated.objections_until + timedelta(days=1))
        assert item.decision.is_public
        return closed

    def test_the_public_reads_what_was_published_and_nothing_before(
        self, cast, client, as_user, approved
    ):
        address = page("minutes_extract", approved)
        assert client.get(address).status_code == 404
        office = as_user(cast.secretary)
        drafted = office.get(page("extract_publish", approved)).context["form"].initial
        assert "Le budget est adopté." in drafted["text_fr"]
        assert str(cast.member) not in drafted["text_fr"]
        office.post(page("extract_publish", approved), drafted)
        office.post(page("extract_publish", approved), drafted)
        shown = client.get(address).content.decode()
        assert "Le budget est adopté." in shown
        decision = approved.decisions.get()
        assert address in client.get(decision.get_absolute_url()).content.decode()
        extract = MinutesExtract.objects.get()
        with pytest.raises(InternalError), transaction.atomic():
            MinutesExtract.objects.update(text_fr="autre")
        office.post(page("extract_publish", approved), drafted | {"text_fr": "Rectifié"})
        assert "Rectifié" in client.get(address).content.decode()
        assert extract.number == 1
        assert client.get("/sitemap-extracts.xml").content.decode().count(f"{address}</loc>") == 1

    def test_a_confidential_item_is_not_in_it(self, cast, committee):
        meeting = MeetingFactory(committee=committee, in_session=True)
        for title, confidential in (("Ouvert", False), ("Contentieux", True)):
            item = AgendaItemFactory(meeting=meeting, title_fr=title, confidential=confidential)
            decisions.record_outcome(actor=cast.secretary, item=item, outcome="noted")
        decisions.close_meeting(actor=cast.secretary, meeting=meeting)
        written = extracts.draft_extract(meeting)
        assert "Ouvert" in written["fr"] and "Contentieux" not in written["fr"]

    def test_minutes_not_approved_have_no_extract(self, cast, as_user, closed, circulated):
        assert as_user(cast.secretary).get(page("extract_publish", closed)).status_code == 403
        with pytest.raises(MinutesNotReady):
            extracts.publish(actor=cast.secretary, minutes=circulated, texts={"fr": "T", "en": "T"})
