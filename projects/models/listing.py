"""What lists of projects are searched, narrowed, sorted and counted by. PostgreSQL writes all of it by triggers
(migration `listing`), in the statement that changes a project or what it hangs from; nothing else ever does."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.models.portfolio import Project

BLOCK = 1024  # projects whose facets are counted together


class ProjectListing(models.Model):
    """One narrow row for each project.

    `facets` holds `name:value` for each filter of the list (`goal:air`, `year:2025`); funders are those of
    published money. `words` is everything a search reads, stemmed; names have neither accents nor capitals.
    """

    project = models.OneToOneField(
        Project,
        models.CASCADE,
        primary_key=True,
        related_name="listing",
        verbose_name=_("project"),
    )
    is_public = models.BooleanField()
    approved_on = models.DateField(null=True)
    concern = models.SmallIntegerField()  # 4 stormy, 1 sunny, 0 without a report
    known_cost = models.DecimalField(
        max_digits=14, decimal_places=2
    )  # -1 where it is not published
    spot = models.IntegerField(null=True)  # of its place: about a kilometre of both degrees
    code = models.CharField(max_length=30)  # in capitals
    name_fr = models.CharField(max_length=600)
    name_en = models.CharField(max_length=600)
    facets = ArrayField(models.CharField(max_length=160))
    words = SearchVectorField()

    class Meta:
        verbose_name = _("project as listed")
        verbose_name_plural = _("projects as listed")
        indexes = [
            models.Index(
                F("approved_on").desc(),
                F("project").desc(),
                condition=Q(is_public=True),
                name="listing_by_newest",
            ),
            *(
                models.Index(fields=order, include=["is_public"], name=f"listing_by_{name}")
                for name, order in {
                    "name_fr": ["name_fr", "project"],
                    "name_en": ["name_en", "project"],
                    "health": ["-concern", "-approved_on", "-project"],
                    "budget": ["-known_cost", "-project"],
                }.items()
            ),
            models.Index(
                fields=["spot", "project"],
                condition=Q(is_public=True, spot__isnull=False),
                name="listing_by_spot",
            ),
            models.Index(
                fields=["code"],
                opclasses=["varchar_pattern_ops"],
                include=["project", "is_public"],
                name="listing_by_code",
            ),
            GinIndex(fields=["words"], fastupdate=False, name="listing_words"),
            GinIndex(fields=["facets"], fastupdate=False, name="listing_facets"),
        ]

    def __str__(self) -> str:
        return self.code


class SearchWord(models.Model):
    """A word of some project's name, place or partners, and its French stem: what a misspelt word is compared with."""

    word = models.CharField(max_length=100)
    stem = models.CharField(max_length=100)

    class Meta:
        verbose_name = _("word of a search")
        verbose_name_plural = _("words of a search")
        indexes = [
            models.Index(fields=["stem"], name="search_word_stem"),
            GinIndex(OpClass("word", name="gin_trgm_ops"), name="search_word_likeness"),
        ]

    def __str__(self) -> str:
        return self.word


class Bits(models.Field):
    """One bit for each project of a block: `bit(1024)`."""

    def db_type(self, connection: Any) -> str:
        return f"bit({BLOCK})"


class FacetBlock(models.Model):
    """Which public projects of a block (`project_id / 1024`) carry a facet; `` (empty) is carried by all of them."""

    block = models.IntegerField()
    facet = models.CharField(max_length=160)
    bits = Bits()

    class Meta:
        verbose_name = _("block of a facet")
        verbose_name_plural = _("blocks of facets")
        constraints = [models.UniqueConstraint(fields=["block", "facet"], name="facet_block_once")]

    def __str__(self) -> str:
        return f"{self.facet} {self.block}"


class DirtyBlock(models.Model):
    """A block that changed since its facets were last written: until then they are read from the rows themselves."""

    block = models.IntegerField()

    class Meta:
        verbose_name = _("changed block")
        verbose_name_plural = _("changed blocks")

    def __str__(self) -> str:
        return str(self.block)


class WordBlock(models.Model):
    """Which public projects of a block hold a stemmed word, if one in 32 of them does; `` (empty) is held by all.

    Two words with a space between them stand in this order, one after the other; each is held by one project in four.
    What stands behind a ``^`` is how codes begin.
    """

    block = models.IntegerField()
    word = models.TextField()
    bits = Bits()

    class Meta:
        verbose_name = _("block of a word")
        verbose_name_plural = _("blocks of words")
        constraints = [models.UniqueConstraint(fields=["word", "block"], name="word_block_once")]

    def __str__(self) -> str:
        return f"{self.word} {self.block}"


class DirtyWords(models.Model):
    """A block that changed since its words were last written: until then they are read from the rows themselves."""

    block = models.IntegerField()

    class Meta:
        verbose_name = _("block whose words changed")
        verbose_name_plural = _("blocks whose words changed")

    def __str__(self) -> str:
        return str(self.block)
