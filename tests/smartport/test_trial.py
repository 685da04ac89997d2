"""`make run`: one command starts everything, one Ctrl-C ends all of it, and what goes wrong is one line."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from fcntl import LOCK_EX, flock
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from smartport.trial import ROOT, TrialError, processes, servers
from smartport.trial.servers import Postgres, Valkey, free_port
from smartport.trial.supervisor import ACCOUNTS, Trial

OUTSIDE = (
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "TRIAL",
    "SECRET_KEY",
    "SITE_URL",
    "MAILBOX_DIR",
    "MEDIA_ROOT",
)


@pytest.fixture
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("var")
    for place in (folder, folder.parent):
        place.chmod(0o755)
    return folder


def start_trial(folder: Path, port: int) -> subprocess.Popen:
    environment = {name: value for name, value in os.environ.items() if name not in OUTSIDE}
    environment |= {"VAR_DIR": str(folder), "PORT": str(port), "ALLOWED_HOSTS": "127.0.0.1"}
    return subprocess.Popen(
        [sys.executable, "-m", "smartport.trial"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def lines_until_ready(trial: subprocess.Popen) -> list[str]:
    lines = []
    for line in trial.stdout:
        lines.append(line.rstrip())
        if line.startswith("ready "):
            return lines
    raise AssertionError(trial.stderr.read())


def cluster(folder, **options):
    return Postgres(folder / "postgres", log=folder / "postgres.log", throwaway=True, **options)


# --- The whole of it ------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_trial_gets_ready_answers_and_leaves_no_process_behind(folder):
    port = free_port()
    trial = start_trial(folder, port)
    try:
        lines = lines_until_ready(trial)
        assert lines[-1] == f"ready http://127.0.0.1:{port}"
        assert all(any(email in line for line in lines) for email in ACCOUNTS)
        family = psutil.Process(trial.pid).children(recursive=True)
        commands = " ".join(" ".join(process.cmdline()) for process in family)
        assert all(
            part in commands
            for part in ("postgres", "valkey", "granian", "worker", "beat", "aiosmtpd")
        )
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/fr/", timeout=20) as page:
            assert page.status == 200
    finally:
        trial.send_signal(signal.SIGINT)
        status = trial.wait(60)
    assert status == 0, trial.stderr.read()
    assert [process for process in family if process.is_running()] == []

    start = time.monotonic()
    again = start_trial(folder, port)
    try:
        lines = lines_until_ready(again)
        assert "load_demo" not in " ".join(lines)
        assert time.monotonic() - start < 45
    finally:
        again.send_signal(signal.SIGTERM)
        assert again.wait(60) == 0


def test_a_port_in_use_is_one_line_that_says_what_to_do(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        trial = start_trial(folder, port)
        assert trial.wait(60) == 1
    (said,) = trial.stderr.read().splitlines()
    assert f"port {port} is not free" in said
    assert "PORT=8001" in said


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_a_port_that_is_no_port_is_refused(folder, port):
    trial = start_trial(folder, port)
    assert trial.wait(60) == 2
    assert "not a port number" in trial.stderr.read()


def test_only_one_trial_runs_in_a_folder(folder):
    with (folder / "trial.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        trial = start_trial(folder, free_port())
        assert trial.wait(60) == 1
    assert "already running" in trial.stderr.read()


def test_processes_of_a_killed_run_are_ended_by_the_next(folder):
    left = subprocess.Popen(["sleep", "300"], start_new_session=True)
    stranger = subprocess.Popen(["sleep", "300"], start_new_session=True)
    try:
        roll = [(left.pid, psutil.Process(left.pid).create_time()), (stranger.pid, 1.0)]
        (folder / "processes.json").write_text(json.dumps(roll))
        Trial(folder, 1)._end_leftovers()
        assert left.wait(10) == -signal.SIGKILL
        assert stranger.poll() is None
    finally:
        left.kill()
        stranger.kill()
        left.wait()
        stranger.wait()


def test_a_process_that_dies_stops_the_trial_and_is_named(folder):
    trial = Trial(folder, 1)
    broken = [sys.executable, "-c", "raise SystemExit('no such table: partners_user')"]
    trial.children.append(
        processes.start("worker", broken, log=folder / "worker.log", env=os.environ)
    )
    trial.children[0].process.wait(30)
    with pytest.raises(
        TrialError, match=r"worker stopped \(status 1\): no such table: partners_user"
    ):
        trial._check_children()


def test_stopping_ends_a_process_that_will_not_listen_and_what_it_started(folder):
    stubborn = (
        "import signal, subprocess, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "subprocess.Popen(['sleep', '300']); print('on', flush=True); time.sleep(300)"
    )
    child = processes.start(
        "worker", [sys.executable, "-c", stubborn], log=folder / "log", env=os.environ
    )
    while "on" not in child.log.read_text():
        time.sleep(0.02)
    family = psutil.Process(child.pid).children()
    processes.stop([child], patience=0.2)
    assert not child.running()
    assert len(family) == 1
    psutil.wait_procs(family, timeout=10)
    assert not family[0].is_running() or family[0].status() == psutil.STATUS_ZOMBIE


# --- Its servers ----------------------------------------------------------------------------------


def test_postgres_keeps_its_data_and_listens_on_no_network_address(folder):
    for expected in ([], [(1,)]):
        postgres = cluster(folder)
        url = postgres.start()
        try:
            with psycopg2.connect(url) as connection, connection.cursor() as cursor:
                cursor.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
                cursor.execute("SELECT n FROM kept")
                assert cursor.fetchall() == expected
                cursor.execute("INSERT INTO kept VALUES (1)")
                cursor.execute("SHOW server_version")
                assert cursor.fetchone()[0].startswith("18")
            connection.close()
            assert psutil.Process(postgres.child.pid).net_connections("inet") == []
        finally:
            postgres.stop()


def test_postgres_lowers_and_sorts_accented_letters_as_text(folder):
    postgres = cluster(folder)
    try:
        with psycopg2.connect(postgres.start()) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT lower('ÉCOLOGIE'), to_tsvector('french', 'Les Énergies') @@ to_tsquery('énergie')"
            )
            lowered, _ = cursor.fetchone()
            assert lowered == "écologie"
        connection.close()
    finally:
        postgres.stop()


def test_a_folder_whose_path_is_too_long_for_a_socket_works_too(folder):
    deep = folder / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    postgres = cluster(deep)
    try:
        psycopg2.connect(postgres.start()).close()
        sockets = postgres._own_sockets
        assert sockets.exists()
    finally:
        postgres.stop()
    assert not sockets.exists()


def test_a_server_left_by_a_killed_run_gives_way(folder):
    left = cluster(folder)
    left.start()
    again = cluster(folder)
    try:
        psycopg2.connect(again.start()).close()
        left.child.process.wait(30)
    finally:
        again.stop()


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can close a folder to PostgreSQL's account"
)
def test_root_may_keep_the_project_in_a_folder_closed_to_others(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    postgres = cluster(closed)
    try:
        psycopg2.connect(postgres.start()).close()
        assert psutil.Process(postgres.child.pid).uids().effective != 0
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        postgres.stop()


def test_data_of_another_postgres_version_is_refused_and_kept(folder):
    (folder / "postgres").mkdir()
    (folder / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(TrialError, match="was made by PostgreSQL 17, not 18"):
        cluster(folder).start()
    assert (folder / "postgres" / "PG_VERSION").exists()


def test_a_missing_library_is_one_line_that_names_it_and_the_way_out(tmp_path):
    binary = tmp_path / "postgres"
    binary.write_text(
        "#!/bin/sh\necho 'error while loading shared libraries: libz.so.1' >&2\nexit 127\n"
    )
    binary.chmod(0o755)
    with pytest.raises(TrialError) as refusal:
        servers.probe("PostgreSQL", binary, "set DATABASE_URL to use a PostgreSQL of your own")
    assert "libz.so.1" in str(refusal.value)
    assert "DATABASE_URL" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_valkey_keeps_what_it_holds_behind_a_password(folder):
    for expected in (None, b"1"):
        valkey = Valkey(log=folder / "valkey.log", folder=folder / "valkey")
        client = redis.Redis.from_url(valkey.start())
        try:
            assert client.get("kept") == expected
            client.set("kept", "1")
            port = client.connection_pool.connection_kwargs["port"]
            with pytest.raises(redis.AuthenticationError):
                redis.Redis(port=port).ping()
        finally:
            valkey.stop()
