"""Search of projects in French and English: stemmed words, accents ignored, typos forgiven, codes and names found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery, SearchVector, TrigramWordSimilarity
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Coalesce, Concat

if TYPE_CHECKING:
    from projects.querysets import ProjectQuerySet

LONGEST = 200  # characters of a search that are read; more words would not narrow it
CLOSE_ENOUGH = 0.55  # trigram word similarity from which a misspelt word counts as found
SHORTEST_GUESSED = 4  # letters: shorter words are not guessed
MOST_GUESSED = 6  # words of one search that are guessed
SEARCHED = (
    "title_fr",
    "title_en",
    "summary_fr",
    "summary_en",
    "description_fr",
    "place_fr",
    "code",
    "lead__name_fr",
    "lead__name_en",
    "lead__short_name",
)


class Unaccented(Func):
    function = "UNACCENT"
    output_field = TextField()


def clean(text: str) -> str:
    """What the database can be asked for: one line, no control characters, not too long."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST]


def matching(projects: ProjectQuerySet, text: str) -> ProjectQuerySet:
    """The projects that hold the words of a search, each as it stands or very close to it."""
    text = clean(text)
    if not text:
        return projects
    fields = [Unaccented(Coalesce(F(name), Value(""))) for name in SEARCHED]
    found = Q(words=_query(text)) | Q(code__istartswith=text)
    projects = projects.annotate(words=SearchVector(*fields, config="french"))
    if long_words := [word for word in text.split() if len(word) >= SHORTEST_GUESSED][
        :MOST_GUESSED
    ]:
        title = Unaccented(
            Concat(
                "title_fr", Value(" "), Coalesce("title_en", Value("")), output_field=TextField()
            )
        )
        close = Q()
        for rank, word in enumerate(long_words):
            likeness = TrigramWordSimilarity(Unaccented(Value(word)), title)
            projects = projects.annotate(**{f"likeness_{rank}": likeness})
            close &= Q(words=_query(word)) | Q(**{f"likeness_{rank}__gte": CLOSE_ENOUGH})
        found |= close
    return projects.filter(found)


def _query(text: str) -> SearchQuery:
    return SearchQuery(Unaccented(Value(text)), config="french", search_type="websearch")
