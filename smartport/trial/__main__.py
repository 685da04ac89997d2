import os
import sys
from pathlib import Path

from smartport.trial import ROOT, TrialError
from smartport.trial.supervisor import Trial


def main() -> int:
    given = os.environ.get("PORT", "8000")
    if not given.isdigit() or not 0 < int(given) < 65536:
        print(f"make run: PORT={given} is not a port number (1 to 65535)", file=sys.stderr)
        return 2
    try:
        folder = Path(os.environ.get("VAR_DIR", ROOT / "var"))
        return Trial(folder.absolute(), int(given)).run()
    except TrialError as error:
        print(f"make run: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
