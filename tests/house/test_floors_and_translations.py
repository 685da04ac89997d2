"""The floors import only downward, and every text has its French."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from smartport import translations

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ["governance", "projects", "partners", "smartport"]


def lint_imports(folder: Path) -> subprocess.CompletedProcess:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]
    return subprocess.run(
        [*command, "--no-cache", "--no-logo"], cwd=folder, capture_output=True, text=True
    )


def test_no_floor_imports_from_above():
    told = lint_imports(ROOT)
    assert told.returncode == 0, told.stdout


def test_the_contract_names_every_floor_in_order_and_excuses_nothing():
    (contract,) = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    assert contract["layers"] == FLOORS
    assert "ignore_imports" not in contract


def test_an_import_from_above_is_seen(tmp_path):
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    for floor in FLOORS:
        (tmp_path / floor).mkdir()
        (tmp_path / floor / "__init__.py").write_text("")
    (tmp_path / "partners" / "services.py").write_text(
        "def f():\n    from projects import models\n"
    )
    (tmp_path / "projects" / "models.py").write_text("")
    told = lint_imports(tmp_path)
    assert told.returncode == 1
    assert "partners.services -> projects.models" in told.stdout


def test_the_catalogues_are_current_complete_and_keep_every_placeholder():
    assert list(translations.faults()) == []


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_no_catalogue_keeps_translations_that_nothing_uses(language):
    assert [message.id for message in translations.read_catalogue(language).obsolete.values()] == []
