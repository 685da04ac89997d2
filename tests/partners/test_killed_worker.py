"""Workers killed while they deliver, broker and database restarted: nothing lost, nothing twice, doubts are listed."""

import json
import subprocess
import sys

import pytest

from tests import faults

MESSAGES, KILLS = 150, 2


@pytest.mark.slow
def test_kills_and_restarts_lose_nothing_and_send_nothing_twice():
    """As `make bench ARGS=faults`, smaller: on servers of its own, in processes of their own."""
    sizes = [str(size) for size in (MESSAGES, KILLS, 1, 1)]
    command = [sys.executable, "-m", "tests.faults", *sizes]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["messages"], found["killed"]) == (MESSAGES, KILLS)
    assert (found["lost"], found["twice"]) == (0, 0)
    assert found["uncertain"] == found["listed"] <= KILLS
    assert found["in the end once each"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, []),
        ({"lost": 1}, ["lost"]),
        ({"twice": 1}, ["arrived twice"]),
        ({"listed": 0}, ["in doubt and not listed"]),
        ({"uncertain": 3, "listed": 3}, ["more than one in doubt for each kill"]),
        ({"in the end once each": False}, ["not all there in the end"]),
    ],
)
def test_the_run_ends_with_an_error_when_a_message_did_not_survive(changed, said):
    fine = {
        "lost": 0,
        "twice": 0,
        "killed": 2,
        "uncertain": 2,
        "listed": 2,
        "in the end once each": True,
    }
    assert faults.wrong(fine | changed) == said
