"""What a search finds, as bits by blocks of projects (projects/counting.py).

The words of a listing fill most of its row: reading them again to be sure costs more than the index saves, so that
the index is told to be used.
"""

from django.db import migrations

FOUND = r"""
CREATE FUNCTION projects_found(asked tsquery, prefix text) RETURNS TABLE (block integer, bits bit(1024))
LANGUAGE sql STABLE SET enable_seqscan = off SET max_parallel_workers_per_gather = 0 AS $$
    WITH found AS (
        SELECT project_id::integer AS id FROM projects_projectlisting WHERE is_public AND words @@ asked
        UNION ALL
        SELECT project_id::integer FROM projects_projectlisting
         WHERE is_public AND code ~>=~ prefix AND code ~<~ (prefix || chr(1114111)) AND asked IS NOT NULL
    ),
    words AS (  -- numbers of 64 bits are gathered faster than blocks of 1,024
        SELECT id / 64 AS word, bit_or(1::bigint << (63 - id % 64)) AS bits FROM found GROUP BY 1
    )
    SELECT word / 16, bit_or(bits::bit(64)::bit(1024) >> (word % 16 * 64)) FROM words GROUP BY 1
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0008_listed_at_the_end")]

    operations = [
        migrations.RunSQL(FOUND, "DROP FUNCTION projects_found(tsquery, text);"),
    ]
