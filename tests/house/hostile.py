"""Questions nobody would ask, to every public address: made from a seed, so that one that breaks can be asked again."""

import re
from collections.abc import Iterator
from random import Random
from urllib.parse import quote, urlencode

from django.urls import resolve, translate_url
from django.utils.translation import override

from governance.filters import DecisionFilter
from partners.services.subscriptions import token_of
from projects.filters import SORTS, ProjectFilter
from tests.house.matrix import rows
from tests.house.world import World

ODD = [
    "", " ", "\x00", "a\x00b", "'", '"', "--", ";", "%", "%%", "_", "\\", "(", ")", ":*", "&", "|", "!", "<->", "-",
    "' OR '1'='1", "'; DROP TABLE projects_project; --", "1) UNION SELECT email FROM partners_user --",
    "<script>alert(1)</script>", "{{ settings.SECRET_KEY }}", "{% debug %}",
    '#read("/etc/passwd")', "#panic()", "$x^2$",
    "../../etc/passwd", "http://elsewhere.example/", "//elsewhere.example", "\r\nX-Odd: 1", "\ud7ff", "\u202e", "🚢",
    "²", "٣", "0", "-1", "00", "1e400", "9" * 30, "NaN", "Infinity", "None", "null", "true", "0000-00-00", "0000-01-01",
    "0001-01-01", "9999-12-31", "2024-02-30", "10000-01-01", "é" * 300, "a" * 10_000, "=1+1", "@SUM(A1)", "eyJ", "W10",
    "AAAA", "draft", "proposed", "submitted", "none", "sunny", "2024", "port", "quai", "électricité", "navete",
]  # fmt: skip
PRIVATE = [
    "password",
    "lead__memberships__user__email",
    "-id",
    "?",
    "reports__ask",
    "series__note",
    "pk",
    "random()",
]
OTHERS = [
    "page", "cursor", "page_size", "sort", "order", "view", "lang", "format", "until", "since", "day", "token", "next",
    "status", "kind", "role", "siren", "committee", "meeting", "project", "due_before", "id", "q[]", "__class__", "",
]  # fmt: skip
HEADERS = {
    "accept": ["", "*/*", "image/png", "application/json;q=x", "x" * 3000, "text/html, application/json"],
    "accept-language": ["", "xx", "en;q=9", "fr-FR,*", "é", "," * 500],
    "if-none-match": ['"', "W/", '*, "x"', "x" * 3000, ", , ,"],
    "if-modified-since": ["yesterday", "Thu, 01 Jan 0000 00:00:00 GMT", "0", "Thu, 31 Feb 2030 99:99:99 GMT"],
    "hx-request": ["true", "\x01"],
    "cookie": ["session=x", "messages=x", "language=../x", "session=; csrf=" + "y" * 200, "\xff=\xff"],
    "range": ["bytes=0-", "bytes=9-1", "x"],
    "x-forwarded-host": ["elsewhere.example"],
}  # fmt: skip
SIGNED = re.compile(r"[\w-]*:[\w:-]{20,}")  # anew each time it is asked for
KNOWN = [*ProjectFilter.base_filters, *DecisionFilter.base_filters, *OTHERS]


def addresses(world: World) -> list[str]:
    """Of everything that is asked by GET, in both languages, whoever may see it; what opens by a secret has another."""
    found = {}
    keys = (world.invitation_secret, world.calendar_secret, token_of(world.subscription))
    for row in rows():
        if row.method == "get":
            french = row.url(world).partition("?")[0]
            for key in keys:
                french = french.replace(key, "made-up")
            french = SIGNED.sub("made-up", french)
            found[french] = None
            with override("fr"):
                resolve(french)
                found[translate_url(french, "en")] = None
    return list(found)


def questions(world: World, seed: int, number: int) -> Iterator[tuple[str, dict[str, str]]]:
    """An address and the headers it is asked with; half go to the lists, files and feeds, which read a query."""
    random = Random(seed)
    everywhere = addresses(world)
    reading = [
        one
        for one in everywhere
        if one.startswith(("/open-data/", "/feeds/", "/api/v1/"))
        or one.endswith(("/projets/", "/projects/", "/decisions/", "/partenaires/", "/series/"))
    ]
    real = [
        world.public_series.slug, world.goal.slug, world.partner.slug, world.framework.slug, world.committee.slug,
        world.public_project.code, *SORTS, "approved", "in_progress", "map", "cards", "timeline", "json", "api", "en",
    ]  # fmt: skip
    for _ in range(number):
        address = random.choice(reading if random.random() < 0.5 else everywhere)
        if random.random() < 0.25:
            address = _bent(random, address)
        query = urlencode(_fields(random, real), errors="replace")
        yield (f"{address}?{query}" if query else address), _headers(random)


def _bent(random: Random, address: str) -> str:
    """One part of the path is not what it should be."""
    parts = address.split("/")
    parts[random.randrange(1, len(parts))] = quote(_odd(random), errors="replace")[:500]
    return "/".join(parts)


def _fields(random: Random, real: list[str]) -> list[tuple[str, str]]:
    if random.random() < 0.03:
        return [(random.choice(KNOWN), _odd(random)[:20]) for _ in range(1)] * 400
    fields = []
    for _ in range(random.choice([0, 1, 1, 2, 3, 6])):
        chance = random.random()
        value = random.choice(real if chance < 0.4 else PRIVATE if chance < 0.5 else [_odd(random)])
        fields.append((random.choice(KNOWN), value))
    return fields


def _odd(random: Random) -> str:
    return "".join(random.choices(ODD, k=random.choice([1, 1, 2, 4])))


def _headers(random: Random) -> dict[str, str]:
    names = random.sample(sorted(HEADERS), random.choice([0, 0, 1, 2]))
    return {name: random.choice(HEADERS[name]) for name in names}
