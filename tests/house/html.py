"""What every page of the house must be, read from the page itself."""

from collections import Counter
from html.parser import HTMLParser

VOID_CONTENT = {"application/json", "application/ld+json"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.count: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.faults: list[str] = []
        self.title = ""
        self.lang = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.count[tag] += 1
        self._in_title = tag == "title" and self.count["svg"] == 0
        if tag == "html":
            self.lang = given.get("lang") or ""
        if given.get("id"):
            self.ids[given["id"] or ""] += 1
        self.faults += [
            f"<{tag} {name}>" for name in given if name == "style" or name.startswith("on")
        ]
        if tag == "style" or (
            tag == "script" and "src" not in given and given.get("type") not in VOID_CONTENT
        ):
            self.faults.append(f"inline <{tag}>")
        if tag == "img" and "alt" not in given:
            self.faults.append("<img> without alt")

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


def page_faults(page: str) -> list[str]:
    """What is wrong with a whole page; nothing when it is in order."""
    reader = _Reader()
    reader.feed(page)
    faults = reader.faults
    if reader.count["h1"] != 1:
        faults.append(f"{reader.count['h1']} h1")
    if not reader.title.split("·")[0].strip():
        faults.append("no title of its own")
    if reader.lang not in {"fr", "en"}:
        faults.append("no language")
    faults += [
        f"id {name!r} given {times} times" for name, times in reader.ids.items() if times > 1
    ]
    return faults
