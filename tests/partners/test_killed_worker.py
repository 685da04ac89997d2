"""A worker killed while it delivers: nothing lost, nothing twice, what nobody can know is listed."""

import time
from collections import Counter

import pytest

from partners.enums import MessageState
from partners.models import Message
from partners.services import outbox
from tests.factories.partners import MessageFactory, UserFactory
from tests.mail import smtp_server
from tests.workers import celery_workers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TOTAL, KILLS = 240, 2
DELIVER = "partners.tasks.deliver_messages"


def wait_for(condition, workers, patience=90):
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, workers.logs()
        time.sleep(0.02)


def states():
    return Counter(Message.objects.order_by().values_list("state", flat=True))


def test_a_worker_killed_while_it_delivers_loses_nothing_and_sends_nothing_twice(
    tmp_path, settings
):
    people = UserFactory.create_batch(4)
    for number in range(TOTAL):
        MessageFactory(recipient=people[number % 4])
    with smtp_server() as post:
        post.pause = 0.01
        with celery_workers(tmp_path, EMAIL_URL=post.url, MESSAGES_PER_MINUTE="100000") as workers:
            for kill in range(1, KILLS + 1):
                worker = workers.start(concurrency=2)
                workers.send(DELIVER)
                workers.send(DELIVER)
                wait_for(
                    lambda kill=kill: len(post.letters) >= kill * TOTAL // (KILLS + 2), workers
                )
                workers.kill(worker)
            workers.start()
            workers.send(DELIVER)
            wait_for(
                lambda: not set(states()) & {MessageState.QUEUED, MessageState.CLAIMED}, workers
            )

        arrived = Counter(post.ids)
        rows = dict(Message.objects.values_list("message_id", "state"))
        uncertain = {key for key, state in rows.items() if state == MessageState.UNCERTAIN}
        assert len(rows) == TOTAL
        assert set(rows.values()) <= {MessageState.SENT, MessageState.UNCERTAIN}
        assert max(arrived.values()) == 1, "sent twice"
        assert set(rows) - set(arrived) <= uncertain, "marked as sent but never arrived"
        assert len(uncertain) <= KILLS * 2, "at most one per sender that was killed"


def test_the_outbox_shows_what_a_killed_worker_left_uncertain(client):
    row = MessageFactory(state=MessageState.UNCERTAIN, subject="Peut-être arrivé")
    secretary = UserFactory(is_secretariat=True)
    client.force_login(secretary)
    page = client.get("/fr/espace/envois/?state=uncertain")
    assert "Peut-être arrivé" in page.content.decode()
    assert "Un message est incertain" in page.content.decode()
    outbox.settle(actor=secretary, message=row, arrived=False)
    assert "Tout est envoyé" in client.get("/fr/espace/envois/").content.decode()
