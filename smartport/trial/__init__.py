"""The trial: the whole portal on one machine, with its own PostgreSQL, Valkey and mailbox under `var/`.

`python -m smartport.trial` (`make run`) starts it; nothing here is imported in production.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ENVIRONMENT = ROOT / "var" / "trial.env"


class TrialError(Exception):
    """The trial cannot start or go on; the message is the one line to show."""


def adopt_environment() -> None:
    """Points a command run by hand at the trial's servers, where no other server is configured."""
    if "DATABASE_URL" in os.environ or not ENVIRONMENT.exists():
        return
    for line in ENVIRONMENT.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)
