"""One pack measured in a process of its own, so that nothing is remembered: `python -m tests.bench_packs 100 16`.

Prints JSON: seconds for the first build, for the rebuild after one changed item, pages, and the peak of
memory in MB.
"""

import hashlib
import json
import os
import resource
import sys
import time
from dataclasses import replace

ANNEX_PAGES = 10


def main(projects: int, annexes: int) -> None:
    import django

    django.setup()
    from governance.typesetting.assembly import assemble
    from governance.typesetting.body import typeset_body
    from governance.typesetting.present import present_all
    from governance.typesetting.snapshot import Snapshot
    from tests.governance import packs

    contents = [packs.annex_file(ANNEX_PAGES, f"Annexe {rank}") for rank in range(annexes)]
    rows = [
        packs.annex(content, ANNEX_PAGES, f"Pièce {rank}") for rank, content in enumerate(contents)
    ]
    taken = packs.snapshot(projects, rows)
    files = {hashlib.sha256(content).hexdigest(): content for content in contents}

    def build(snapshot: Snapshot) -> tuple[float, int]:
        start = time.perf_counter()
        views = present_all(snapshot)
        made = assemble(typeset_body(snapshot, views).pdf, snapshot, files, views=views)
        return time.perf_counter() - start, made.pages

    seconds, pages = build(taken)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    item = replace(taken.items[2], note={"fr": "Une note changée."})
    changed = replace(taken, items=[*taken.items[:2], item, *taken.items[3:]])
    again, _pages = build(changed)
    print(
        json.dumps({"first": seconds, "changed": again, "pages": pages, "megabytes": round(peak)})
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartport.settings")
    main(*(int(word) for word in sys.argv[1:3]))
