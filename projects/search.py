"""Search of projects in French and English: stemmed words, accents ignored, typos forgiven, codes and names found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery, SearchVector, TrigramWordSimilarity
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from projects.querysets import ProjectQuerySet

LONGEST = 200  # characters of a search that are read; more words would not narrow it
CLOSE_ENOUGH = 0.55  # trigram word similarity from which a misspelt word counts as found
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
    """The projects that hold the words of a search, or a word very close to them."""
    text = clean(text)
    if not text:
        return projects
    fields = [Unaccented(Coalesce(F(name), Value(""))) for name in SEARCHED]
    asked = Unaccented(Value(text))
    words = SearchQuery(asked, config="french", search_type="websearch")
    return projects.annotate(
        words=SearchVector(*fields, config="french"),
        closeness=TrigramWordSimilarity(asked, Unaccented(Coalesce(F("title_fr"), Value("")))),
    ).filter(Q(words=words) | Q(closeness__gte=CLOSE_ENOUGH) | Q(code__istartswith=text))
