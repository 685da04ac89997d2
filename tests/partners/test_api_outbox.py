"""The outbox and messages to groups by programs of the secretariat: as on their pages."""

import pytest

from partners.enums import MessageState
from partners.models import Announcement, Message
from tests.api import call
from tests.factories.partners import MessageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(cast):
    """By the secretary, whatever the version unless one is named."""

    def ask(method, path, data=None, **headers):
        if method in {"post", "patch", "delete"}:
            headers = {"if_match": "*", **headers}
        return call(path, user=cast.secretary, method=method, data=data, **headers)

    return ask


def test_the_outbox_is_filtered_and_each_message_says_why_and_what_can_be_done(cast, office):
    failed = MessageFactory(
        kind="report_accepted",
        recipient=cast.owner,
        state=MessageState.FAILED,
        error="550 unknown",
        why="Vous rédigez les fiches.",
        text="Bonjour\n\nTexte\n--\nlien de la personne",
    )
    MessageFactory(kind="report_accepted")
    (row,) = office("get", "messages/?state=failed").json()["results"]
    assert (row["id"], row["label"], row["error"]) == (failed.pk, "Fiche acceptée", "550 unknown")
    assert row["why"] == "Vous rédigez les fiches."
    assert row["abilities"] == {"resend": True, "settle": False}
    assert "text" not in row
    whole = office("get", f"messages/{failed.pk}/").json()
    assert whole["text"] == "Bonjour\n\nTexte"
    assert whole["next"] == {"still_due": None, "coming": []}
    assert [one["id"] for one in office("get", "messages/?q=Oriane").json()["results"]] == [
        failed.pk
    ]


def test_a_text_that_held_a_link_is_shown_to_no_program(office):
    secret = MessageFactory(kind="password_reset", text="un lien secret")
    assert office("get", f"messages/{secret.pk}/").json()["text"] is None


def test_what_failed_is_sent_again_and_what_is_in_doubt_settled(cast, office):
    failed = MessageFactory(state=MessageState.FAILED)
    path = f"messages/{failed.pk}/resend"
    assert call(path, user=cast.secretary, method="post").status_code == 428
    assert office("post", path, if_match='"other"').status_code == 412
    answer = office("post", path)
    assert (answer.status_code, answer.json()["state"]) == (200, "queued")
    assert office("post", path).status_code == 409
    doubt = MessageFactory(state=MessageState.UNCERTAIN)
    answer = office("post", f"messages/{doubt.pk}/settle", {"arrived": True})
    assert (answer.status_code, answer.json()["state"]) == (200, "sent")
    assert office("post", f"messages/{doubt.pk}/settle", {}).status_code == 400


def test_a_message_to_a_group_is_written_looked_at_and_sent_once(cast, office):
    cast.manager  # noqa: B018
    groups = office("get", "announcements/groups").json()
    assert {"key": "managers", "count": 1}.items() <= groups[1].items()
    draft = {
        "group": "managers",
        "subject": {"fr": "Réunion"},
        "text": {"fr": "Elle a lieu demain."},
    }
    made = office("post", "announcements/", draft)
    assert made.status_code == 201
    path = made["Location"].removeprefix("http://testserver")
    changed = office("patch", path, {"subject": {"fr": "Réunion demain"}}, if_match=made["ETag"])
    assert changed.status_code == 200
    assert changed.json()["text"] == {"fr": "Elle a lieu demain.", "en": None}
    seen = office("get", f"{path}preview").json()
    assert (seen["count"], seen["people"]) == (1, [cast.manager.get_full_name()])
    assert "Elle a lieu demain." in seen["letters"]["fr"]["text"]
    assert office("post", f"{path}send", {"expected": 2}).json()["code"] == "group_changed"
    sent = office("post", f"{path}send", {"expected": 1})
    assert (sent.status_code, sent.json()["state"], sent.json()["count"]) == (200, "sent", 1)
    assert not any(sent.json()["abilities"].values())
    assert Message.objects.get(kind="announcement").recipient == cast.manager
    assert office("post", f"{path}send", {"expected": 1}).json()["code"] == "already_sent"
    assert office("patch", path, {"group": "members"}).status_code == 409
    assert office("delete", path).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"group": "everybody"}, "group"),
        ({"text": {"en": "Tomorrow."}}, "subject"),
        ({"subject": {"fr": "x" * 300}}, "subject"),
        ({"subject": {"de": "Sitzung"}}, "subject"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_what_the_page_refuses_is_refused_by_field(office, wrong, named):
    draft = {"group": "managers", "subject": {"fr": "Réunion"}, "text": {"fr": "Demain."}}
    answer = office("post", "announcements/", {**draft, **wrong})
    assert answer.status_code == 400
    assert named in str(answer.json()["errors"])
    assert not Announcement.objects.exists()


def test_a_draft_is_deleted(office):
    draft = {"group": "managers", "subject": {"fr": "Réunion"}, "text": {"fr": "Demain."}}
    path = office("post", "announcements/", draft)["Location"].removeprefix("http://testserver")
    assert office("delete", path).status_code == 204
    assert not Announcement.objects.exists()
