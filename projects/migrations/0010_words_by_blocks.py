"""Words that many projects of a block hold are kept as bits, as facets are (projects/counting.py): gathering 100,000 rows
for a word that stands in all of them took longer than everything else a search asks."""

import projects.models.listing
from django.db import migrations, models

KEEP = r"""
-- Which public projects of a block hold each word that one in 32 of them holds; `` (empty) is held by all of them.
CREATE FUNCTION projects_word_bits(blocks integer[]) RETURNS TABLE (block integer, word text, bits bit(1024))
LANGUAGE sql STABLE AS $$
    WITH held AS (
        SELECT listed.project_id::integer / 1024 AS block, listed.project_id::integer % 1024 AS place, word
          FROM unnest(blocks) wanted(block)
          JOIN projects_projectlisting listed
            ON listed.project_id >= wanted.block * 1024::bigint AND listed.project_id < (wanted.block + 1) * 1024::bigint,
               unnest(tsvector_to_array(listed.words) || ''::text) words(word)
         WHERE listed.is_public
    ),
    frequent AS (
        SELECT block, word FROM (
            SELECT block, word, count(*) AS times, max(count(*)) OVER (PARTITION BY block) AS public
              FROM held GROUP BY 1, 2
        ) AS counted WHERE times * 32 >= public
    )
    SELECT block, word, bit_or(set_bit(0::bit(1024), place, 1)) FROM held JOIN frequent USING (block, word) GROUP BY 1, 2
$$;

CREATE FUNCTION projects_tidy_words() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    notes bigint[];
    blocks integer[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('projects_tidy_words'));
    SELECT array_agg(id), array_agg(DISTINCT block) INTO notes, blocks FROM projects_dirtywords;
    DELETE FROM projects_wordblock WHERE block = ANY (blocks);
    INSERT INTO projects_wordblock (block, word, bits) SELECT block, word, bits FROM projects_word_bits(blocks);
    DELETE FROM projects_dirtywords WHERE id = ANY (notes);
    RETURN coalesce(cardinality(blocks), 0);
END $$;

CREATE FUNCTION projects_words_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO projects_dirtywords (block) SELECT DISTINCT project_id / 1024 FROM added WHERE is_public;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO projects_dirtywords (block) SELECT DISTINCT project_id / 1024 FROM removed WHERE is_public;
    ELSE
        INSERT INTO projects_dirtywords (block)
        SELECT DISTINCT project_id / 1024 FROM added JOIN removed USING (project_id)
         WHERE (added.is_public, added.words) IS DISTINCT FROM (removed.is_public, removed.words);
    END IF;
    RETURN NULL;
END $$;
""" + "".join(
    f"""
CREATE TRIGGER words_changed_on_{event.lower()} AFTER {event} ON projects_projectlisting REFERENCING {tables}
FOR EACH STATEMENT EXECUTE FUNCTION projects_words_changed();
"""
    for event, tables in {
        "INSERT": "NEW TABLE AS added",
        "UPDATE": "OLD TABLE AS removed NEW TABLE AS added",
        "DELETE": "OLD TABLE AS removed",
    }.items()
)

# A search with a word that most blocks keep is told from bits: which of its words a project holds says whether it is
# found. Rows are read of blocks that changed or lack such a word, and for words that hardly any block keeps. Phrases, and
# what finds few projects, are read from the rows alone.
FOUND = r"""
ALTER FUNCTION projects_found(tsquery, text) RENAME TO projects_found_by_rows;

CREATE FUNCTION projects_words_of(asked tsquery) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN regexp_replace(asked::text, $r$'(?:[^']|'')*'$r$, '', 'g') !~ '[<:]' AND strpos(asked::text, '\') = 0
                THEN ARRAY(SELECT DISTINCT replace(held[1], '''''', '''')
                             FROM regexp_matches(asked::text, $r$'((?:[^']|'')*)'$r$, 'g') held) END
$$;

CREATE FUNCTION projects_found(asked tsquery, prefix text) RETURNS TABLE (block integer, bits bit(1024))
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET max_parallel_workers_per_gather = 0 AS $$
#variable_conflict use_column
DECLARE
    stems CONSTANT text[] := projects_words_of(asked);
    rare integer;  -- a bit for each stem that hardly any block keeps
    held_sets integer[];  -- which stems a project may hold to be found, as such bits
    blocks CONSTANT integer := (SELECT count(*) FROM projects_wordblock WHERE word = '');
    kept_times integer[];
BEGIN
    IF cardinality(stems) BETWEEN 1 AND 8 AND NOT ''::tsvector @@ asked THEN
        kept_times := ARRAY(SELECT (SELECT count(*) FROM projects_wordblock WHERE word = stem)
                              FROM unnest(stems) WITH ORDINALITY each(stem, place) ORDER BY place);
        SELECT coalesce(sum(1 << (place - 1)), 0) INTO rare
          FROM generate_subscripts(stems, 1) place WHERE kept_times[place] * 8 < blocks;
        held_sets := ARRAY(
            SELECT held FROM generate_series(1, (1 << cardinality(stems)) - 1) held
             WHERE array_to_tsvector(ARRAY(SELECT stems[place] FROM generate_subscripts(stems, 1) place
                                            WHERE held >> (place - 1) & 1 = 1)) @@ asked);
    END IF;
    IF held_sets IS NULL OR cardinality(held_sets) * cardinality(stems) > 64
       OR EXISTS (SELECT FROM unnest(kept_times) times WHERE times * 8 >= blocks AND times * 4 < blocks * 3)
       OR NOT EXISTS (SELECT FROM unnest(held_sets) held WHERE held & rare = 0) THEN
        RETURN QUERY SELECT * FROM projects_found_by_rows(asked, prefix);
        RETURN;
    END IF;
    RETURN QUERY
    WITH kept AS MATERIALIZED (
        SELECT place, block, bits FROM generate_subscripts(stems, 1) place
          JOIN projects_wordblock ON word = stems[place] WHERE rare >> (place - 1) & 1 = 0
    ),
    known AS MATERIALIZED (
        SELECT block, bits FROM projects_wordblock
         WHERE word = '' AND block NOT IN (SELECT block FROM projects_dirtywords)
           AND block IN (SELECT block FROM kept GROUP BY 1 HAVING count(*) = cardinality(stems) - bit_count(rare::bit(32)))
    ),
    -- numbers of 64 bits are gathered faster than blocks of 1,024
    gathered AS (
        SELECT place, id / 64 AS part, bit_or(1::bigint << (63 - id % 64)) AS bits FROM (
            SELECT place, project_id::integer AS id FROM generate_subscripts(stems, 1) place
             CROSS JOIN LATERAL (
                   SELECT project_id FROM projects_projectlisting
                    WHERE is_public AND words @@ ('''' || replace(stems[place], '''', '''''') || '''')::tsquery
             ) holding
             WHERE rare >> (place - 1) & 1 = 1
            UNION ALL
            SELECT 0, project_id::integer
              FROM (SELECT block FROM projects_wordblock WHERE word = '' UNION SELECT block FROM projects_dirtywords
                    EXCEPT SELECT block FROM known) unknown
             CROSS JOIN LATERAL (
                   SELECT project_id FROM projects_projectlisting
                    WHERE is_public AND words @@ asked
                      AND project_id >= unknown.block * 1024::bigint AND project_id < (unknown.block + 1) * 1024::bigint
                   OFFSET 0
             ) holding
            UNION ALL
            SELECT 0, project_id::integer FROM projects_projectlisting
             WHERE is_public AND code ~>=~ prefix AND code ~<~ (prefix || chr(1114111))
        ) AS each GROUP BY 1, 2
    ),
    told AS MATERIALIZED (
        SELECT place, block, bits FROM kept
        UNION ALL
        SELECT place, part / 16, bit_or(bits::bit(64)::bit(1024) >> (part % 16 * 64)) FROM gathered GROUP BY 1, 2
    )
    SELECT block, bit_or(bits) FROM (
        SELECT known.block, bit_and(CASE WHEN held >> (place - 1) & 1 = 1 THEN coalesce(told.bits, 0::bit(1024))
                                         ELSE known.bits & ~coalesce(told.bits, 0::bit(1024)) END) AS bits
          FROM known CROSS JOIN unnest(held_sets) held CROSS JOIN generate_subscripts(stems, 1) place
          LEFT JOIN told USING (place, block)
         GROUP BY known.block, held
        UNION ALL
        SELECT block, bits FROM told WHERE place = 0
    ) AS found GROUP BY block;
END $$;
"""

BEGIN = """
INSERT INTO projects_dirtywords (block) SELECT DISTINCT project_id / 1024 FROM projects_projectlisting WHERE is_public;
SELECT projects_tidy_words();
"""

UNDO = """
DROP FUNCTION projects_found(tsquery, text);
ALTER FUNCTION projects_found_by_rows(tsquery, text) RENAME TO projects_found;
DROP FUNCTION projects_words_of(tsquery);
DROP FUNCTION projects_words_changed() CASCADE;
DROP FUNCTION projects_tidy_words();
DROP FUNCTION projects_word_bits(integer[]);
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0009_found_by_blocks")]

    operations = [
        migrations.CreateModel(
            name="DirtyWords",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("block", models.IntegerField()),
            ],
            options={
                "verbose_name": "block whose words changed",
                "verbose_name_plural": "blocks whose words changed",
            },
        ),
        migrations.CreateModel(
            name="WordBlock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("block", models.IntegerField()),
                ("word", models.TextField()),
                ("bits", projects.models.listing.Bits()),
            ],
            options={
                "verbose_name": "block of a word",
                "verbose_name_plural": "blocks of words",
                "constraints": [models.UniqueConstraint(fields=("word", "block"), name="word_block_once")],
            },
        ),
        migrations.RunSQL(KEEP + FOUND + BEGIN, UNDO),
    ]
