"""Search of projects: French stems, accents ignored, codes and partner names found, typos forgiven.

A word that no project holds is taken for misspelt: those closest to it are looked for instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from django.contrib.postgres.search import CombinedSearchQuery, SearchQuery
from django.db import connection
from django.db.models import Func, Q, TextField, Value

LONGEST = 200  # characters of a search that are read; more words would not narrow it
SHORTEST_GUESSED = 4  # letters: shorter words are not guessed
MOST_GUESSED = 6  # words of one search that are guessed
CLOSE_ENOUGH = 0.4  # trigram similarity from which a known word may be the one that was meant
ALTERNATIVES = 6  # of one misspelt word

# Each word that no project holds, with the stems of those that look like it.
GUESSES = """
SELECT typed.position, array_agg(DISTINCT close.stem)
  FROM unnest(%s::text[]) WITH ORDINALITY typed(word, position)
 CROSS JOIN LATERAL (SELECT lower(unaccent(typed.word)) AS word) plain
 CROSS JOIN LATERAL (SELECT (tsvector_to_array(to_tsvector('french', plain.word)))[1] AS stem) meant
 CROSS JOIN LATERAL (
       SELECT known.stem FROM projects_searchword known
        WHERE known.word %% plain.word AND similarity(known.word, plain.word) >= %s AND known.stem <> ''
        ORDER BY similarity(known.word, plain.word) DESC, known.word LIMIT %s) close
 WHERE meant.stem IS NOT NULL
   AND NOT EXISTS (SELECT FROM projects_searchword known WHERE known.stem = meant.stem)
   AND NOT EXISTS (SELECT FROM projects_projectlisting listed
                    WHERE listed.words @@ plainto_tsquery('french', plain.word))
 GROUP BY typed.position
"""


class Unaccented(Func):
    function = "UNACCENT"
    output_field = TextField()


@dataclass(frozen=True)
class Search:
    """What a text asks for; `unknown` are its words that no project holds, and that were guessed."""

    words: SearchQuery | CombinedSearchQuery
    code: str
    unknown: list[str]

    def condition(self, path: str = "") -> Q:
        """`path` leads from the rows to be narrowed to their listing (`listing__`), which they may be themselves."""
        return Q(**{f"{path}words": self.words}) | Q(**{f"{path}code__startswith": self.code})


def clean(text: str) -> str:
    """What the database can be asked for: one line, no control characters, not too long."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST]


def search(text: str) -> Search | None:
    """None where nothing is searched."""
    text = clean(text)
    if not text:
        return None
    typed = text.split()
    query = _query(text)
    guesses = _guesses(typed)
    if guesses:
        parts = [
            _any_of(guesses[rank]) if rank in guesses else _query(word)
            for rank, word in enumerate(typed)
        ]
        query |= reduce(and_, parts)
    return Search(query, text.upper(), [typed[rank] for rank in sorted(guesses)])


def _guesses(words: list[str]) -> dict[int, list[str]]:
    """By the place of a word nobody wrote, the stems that may have been meant."""
    places = [rank for rank, word in enumerate(words) if len(word) >= SHORTEST_GUESSED]
    places = places[:MOST_GUESSED]
    if not places:
        return {}
    typed = [words[rank] for rank in places]
    with connection.cursor() as cursor:
        cursor.execute(GUESSES, [typed, CLOSE_ENOUGH, ALTERNATIVES])
        return {places[position - 1]: stems for position, stems in cursor.fetchall()}


def _query(text: str) -> SearchQuery:
    return SearchQuery(Unaccented(Value(text)), config="french", search_type="websearch")


def _any_of(stems: list[str]) -> SearchQuery | CombinedSearchQuery:
    return reduce(or_, [SearchQuery(stem, config="simple", search_type="plain") for stem in stems])
