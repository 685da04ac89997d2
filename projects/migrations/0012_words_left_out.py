"""Searches that leave words out alone are told from bits as well; codes that begin alike are read off their index."""

from importlib import import_module

from django.db import migrations, models

from smartport.migrating import replaced, together

BEFORE = import_module("projects.migrations.0010_words_by_blocks").FOUND
BEFORE = BEFORE[BEFORE.index("CREATE FUNCTION projects_found(") :].replace("CREATE", "CREATE OR REPLACE", 1)
# A project may be found for holding none of the words; where all of them are rare, every block is known.
CHANGES = {
    "BETWEEN 1 AND 8 AND NOT ''::tsvector @@ asked": "BETWEEN 1 AND 8",
    "generate_series(1, (1 << cardinality(stems)) - 1)": "generate_series(0, (1 << cardinality(stems)) - 1)",
    "AND block IN (SELECT block FROM kept": "AND (cardinality(stems) = bit_count(rare::bit(32)) OR block IN (SELECT block FROM kept",
    "cardinality(stems) - bit_count(rare::bit(32)))\n": "cardinality(stems) - bit_count(rare::bit(32))))\n",
}
FOUND = replaced(BEFORE, CHANGES)


class Migration(migrations.Migration):
    dependencies = [("projects", "0011_spots")]

    operations = together(
        [
            migrations.RunSQL(FOUND, BEFORE),
            migrations.RemoveIndex(model_name="projectlisting", name="listing_by_code"),
            migrations.AddIndex(
                model_name="projectlisting",
                index=models.Index(
                    fields=["code"],
                    opclasses=["varchar_pattern_ops"],
                    include=["project", "is_public"],
                    name="listing_by_code",
                ),
            ),
        ]
    )
