"""What is deployed asks for its secrets, runs without rights it does not need, and is pinned."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SETTINGS = (ROOT / "smartport" / "settings.py").read_text()
ONCE = {"migrate"}


def test_every_service_that_stays_tells_whether_it_is_well():
    unwatched = {
        name for name, service in COMPOSE["services"].items() if "healthcheck" not in service
    }
    assert unwatched == ONCE


def test_no_secret_has_a_default():
    values: dict[str, str] = {}
    for service in COMPOSE["services"].values():
        values.update(service.get("environment", {}))
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        assert values[name].startswith(f"${{{name}:?"), values[name]
    assert "${POSTGRES_PASSWORD:?" in values["DATABASE_URL"]


def test_every_setting_the_portal_requires_is_handed_to_its_services():
    required = set(re.findall(r'required\("(\w+)"', SETTINGS))
    assert "SECRET_KEY" in required
    for name in ("migrate", "web", "worker", "beat"):
        assert required <= set(COMPOSE["services"][name]["environment"]), name


def test_everything_kept_is_in_a_named_volume():
    mounts = {
        mount.split(":")[0]
        for service in COMPOSE["services"].values()
        for mount in service.get("volumes", [])
    }
    assert mounts == set(COMPOSE["volumes"])


def test_the_image_does_not_run_as_root():
    users = re.findall(r"^USER (\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert users[-1:] == ["smartport"]


@pytest.mark.parametrize("name", ["requirements", "requirements-production", "requirements-dev"])
def test_every_requirement_is_pinned_with_a_hash_and_names_no_host(name):
    text = (ROOT / f"{name}.txt").read_text()
    assert "://" not in text and "--index-url" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    loose = [
        entry.splitlines()[0]
        for entry in entries
        if "==" not in entry or "--hash=sha256:" not in entry
    ]
    assert loose == []


@pytest.mark.parametrize("name", ["requirements", "requirements-production", "requirements-dev"])
def test_every_package_asked_for_has_a_line_of_why(name):
    lines = (ROOT / f"{name}.in").read_text().splitlines()
    silent = [
        line for line in lines if line and not line.startswith(("#", "-r")) and "  # " not in line
    ]
    assert silent == []
