"""The secretariat writes to a group: looks first, sends once, each in their language."""

import pytest
from django.urls import reverse
from django.utils import timezone

from partners.models import Announcement, Message
from partners.services.announcements import readers_of
from smartport.groups import all_groups, group_of
from tests.factories.governance import MandateFactory
from tests.factories.projects import ProjectFactory, ReportFactory

pytestmark = pytest.mark.django_db


def words(**changed):
    return {
        "group": "managers",
        "subject_fr": "Atelier",
        "text_fr": "Rendez-vous à https://exemple.fr/atelier.\n<script>alert(1)</script>",
        "subject_en": "",
        "text_en": "",
        **changed,
    }


@pytest.fixture
def office(cast, as_user):
    return as_user(cast.secretary)


def written(office, **changed) -> str:
    """The address of the page that shows it."""
    answer = office.post(reverse("partners:announcement_new"), words(**changed))
    assert answer.status_code == 302, answer.context["form"].errors
    return answer["Location"]


def test_nothing_is_sent_before_it_was_looked_at_with_its_count(cast, office):
    manager, _other = cast.manager, cast.owner
    page = written(office)
    assert not Message.objects.exists()
    shown = office.get(page)
    assert "Une personne le recevra." in shown.content.decode()
    assert shown.context["people"] == [manager]
    office.post(page, {"expected": "1"})
    row = Message.objects.get()
    assert (row.recipient, row.subject) == (manager, "Atelier")
    assert "Responsables des organismes partenaires" in row.why
    assert "<script>" not in row.html
    assert not row.headers, "nobody can turn it off"


def test_it_is_sent_once_whatever_is_clicked(cast, office):
    cast.manager  # noqa: B018
    page = written(office)
    for _ in range(2):
        office.post(page, {"expected": "1"})
    assert Message.objects.count() == 1
    sent = Announcement.objects.get()
    assert sent.count == 1
    edit = reverse("partners:announcement_edit", args=[sent.pk])
    assert office.post(edit, words(subject_fr="Autre")).status_code == 404
    assert "Envoyé à une personne." in office.get(page).content.decode()


@pytest.mark.parametrize("expected", ["2", "", "x", "-1", "0"])
def test_a_group_that_changed_meanwhile_is_looked_at_again(cast, office, expected):
    cast.manager  # noqa: B018
    office.post(written(office), {"expected": expected})
    assert not Message.objects.exists()


def test_readers_of_english_need_an_english_text(cast, office):
    cast.manager.language = "en"
    cast.manager.save()
    page = written(office)
    assert "Le texte anglais manque" in office.get(page).content.decode()
    office.post(page, {"expected": "1"})
    assert not Message.objects.exists()
    page = written(office, subject_en="Workshop", text_en="See you there.")
    office.post(page, {"expected": "1"})
    assert Message.objects.get().text.startswith("Hello Manon,\n\nSee you there.")


def test_half_an_english_version_is_refused_beside_the_field_and_kept(office):
    page = office.post(reverse("partners:announcement_new"), words(subject_en="Workshop"))
    assert page.status_code == 422
    assert page.context["form"].errors["text_en"]
    assert 'value="Workshop"' in page.content.decode()


def test_a_group_nobody_declared_is_refused(office):
    page = office.post(reverse("partners:announcement_new"), words(group="everyone"))
    assert page.context["form"].errors["group"]


def test_the_groups_are_who_they_say(cast):
    mandate = MandateFactory(user=cast.member)
    project = ProjectFactory(lead=cast.partner_a)
    owner, manager, stranger = cast.owner, cast.manager, cast.stranger
    assert set(group_of("late_managers").people()) == set()
    ReportFactory(project=project, due_on=timezone.localdate().replace(year=2020))
    found = {group.key: set(group.people()) for group in all_groups()}
    assert found["members"] == {owner, manager, stranger}
    assert found["managers"] == found["late_managers"] == {manager}
    assert found["late_writers"] == {owner, manager}
    assert found[f"committee:{mandate.seat.committee.code}"] == {cast.member}


def test_who_may_no_longer_sign_in_is_not_among_the_readers(cast):
    cast.manager.is_active = False
    cast.manager.save()
    assert readers_of(Announcement(group="managers")) == []


def test_partners_write_to_nobody(cast, as_user):
    for person in (cast.manager, cast.member, cast.stranger):
        client = as_user(person)
        assert client.post(reverse("partners:announcement_new"), words()).status_code == 403
    assert not Announcement.objects.exists()


def test_a_draft_can_be_changed_and_deleted(office):
    page = written(office)
    draft = Announcement.objects.get()
    office.post(reverse("partners:announcement_edit", args=[draft.pk]), words(subject_fr="Mieux"))
    assert "Mieux" in office.get(page).content.decode()
    office.post(reverse("partners:announcement_delete", args=[draft.pk]))
    assert not Announcement.objects.exists()


def test_the_letter_in_its_frame_runs_nothing(office):
    draft_page = written(office)
    draft = Announcement.objects.get()
    frame = office.get(reverse("partners:announcement_letter", args=[draft.pk, "fr"]))
    assert "default-src 'none'" in frame["Content-Security-Policy"]
    assert "sandbox" in frame["Content-Security-Policy"]
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src 'self'" in office.get(draft_page)["Content-Security-Policy"]
