"""Search of projects: French stems, accents ignored, codes and partner names found, typos forgiven.

A word that no project holds is taken for misspelt: those closest to it are looked for instead.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Func, Q, TextField

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


# What a whole text asks for, as PostgreSQL reads it, and what one known stem does.
ASKED = "websearch_to_tsquery('french', unaccent(%s))"
STEM = "plainto_tsquery('simple', %s)"


class Unaccented(Func):
    function = "UNACCENT"
    output_field = TextField()


class Asked(SearchQuery):
    """A query that PostgreSQL has written: read once, and not for each row."""

    template = "%(expressions)s::tsquery"


@dataclass(frozen=True)
class Search:
    """What a text asks for; `unknown` are its words that no project holds, and that were guessed."""

    words: str  # a tsquery
    code: str
    unknown: list[str]

    def condition(self, path: str = "") -> Q:
        """`path` leads from the rows to be narrowed to their listing (`listing__`), which they may be themselves."""
        asked = Asked(self.words)
        return Q(**{f"{path}words": asked}) | Q(**{f"{path}code__startswith": self.code})


def clean(text: str) -> str:
    """What the database can be asked for: one line, no control characters, not too long."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST]


def search(text: str) -> Search | None:
    """None where nothing is searched."""
    text = clean(text)
    if not text:
        return None
    typed = text.split()
    guesses = _guesses(typed)
    asked, values = ASKED, [text]
    if guesses:
        parts = [_part(word, guesses.get(rank)) for rank, word in enumerate(typed)]
        asked = f"{ASKED} || ({' && '.join(part for part, _values in parts)})"
        values += [value for _part, given in parts for value in given]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({asked})::text", values)
        (words,) = cursor.fetchone()
    return Search(words, text.upper(), [typed[rank] for rank in sorted(guesses)])


def _part(word: str, stems: list[str] | None) -> tuple[str, list[str]]:
    """One word of a search: itself, or any of the stems that may have been meant."""
    return (f"({' || '.join([STEM] * len(stems))})", stems) if stems else (ASKED, [word])


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
