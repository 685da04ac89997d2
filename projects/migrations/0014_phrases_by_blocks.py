"""A phrase of two words that many projects hold, and how the codes of many begin, are told from bits as well: to look for
them in the rows of 100,000 projects took longer than everything else a search asks."""

from importlib import import_module

from django.db import migrations

from smartport.migrating import replaced, together

KEPT_BEFORE = import_module("projects.migrations.0010_words_by_blocks").KEEP
KEPT_BEFORE = KEPT_BEFORE[KEPT_BEFORE.index("CREATE FUNCTION") : KEPT_BEFORE.index("CREATE FUNCTION projects_tidy_words")]
KEPT_BEFORE = KEPT_BEFORE.replace("CREATE", "CREATE OR REPLACE", 1)

# Pairs are kept of the words that one project in four holds, and all of those: a pair of such words that no row holds is
# in no project of the block. Beginnings of codes are kept as words are, behind a sign that no stem has.
KEPT = r"""
CREATE OR REPLACE FUNCTION projects_word_bits(blocks integer[]) RETURNS TABLE (block integer, word text, bits bit(1024))
LANGUAGE sql STABLE AS $$
    WITH listed AS MATERIALIZED (
        SELECT project_id::integer / 1024 AS block, project_id::integer % 1024 AS place, words, code
          FROM unnest(blocks) wanted(block)
          JOIN projects_projectlisting
            ON project_id >= wanted.block * 1024::bigint AND project_id < (wanted.block + 1) * 1024::bigint
         WHERE is_public
    ),
    held AS (
        SELECT block, place, word FROM listed, unnest(tsvector_to_array(words) || ''::text) each(word)
        UNION ALL
        SELECT block, place, '^' || left(code, length) FROM listed, generate_series(1, least(length(code), 8)) length
    ),
    frequent AS MATERIALIZED (
        SELECT block, word, times * 4 >= public AS common FROM (
            SELECT block, word, count(*) AS times, max(count(*)) OVER (PARTITION BY block) AS public
              FROM held GROUP BY 1, 2
        ) AS counted WHERE times * 32 >= public
    ),
    spoken AS MATERIALIZED (
        SELECT block, place, word, position
          FROM listed CROSS JOIN unnest(words) each(word, positions, weights) CROSS JOIN unnest(positions) position
          JOIN frequent USING (block, word) WHERE common
    )
    SELECT block, word, bit_or(set_bit(0::bit(1024), place, 1)) FROM held JOIN frequent USING (block, word) GROUP BY 1, 2
    UNION ALL
    SELECT block, first.word || ' ' || second.word, bit_or(set_bit(0::bit(1024), place, 1))
      FROM spoken first JOIN spoken second USING (block, place)
     WHERE second.position = first.position + 1 GROUP BY 1, 2
$$;
"""

# What is asked, two words in a row written as one with a space in it, which no stem has. Of more words in a row, some
# phrase is left, and they are looked for in the rows.
READ = r"""
CREATE FUNCTION projects_paired(asked tsquery) RETURNS tsquery LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN strpos(asked::text, '\') > 0 THEN asked
                ELSE regexp_replace(asked::text, $r$'((?:[^']|'')*)' <-> '((?:[^']|'')*)'$r$,
                                    $r$'\1 \2'$r$, 'g')::tsquery END
$$;

CREATE FUNCTION projects_asked_by(stem text) RETURNS tsquery LANGUAGE sql IMMUTABLE AS $$
    SELECT ('''' || replace(replace(stem, '''', ''''''), ' ', ''' <-> ''') || '''')::tsquery
$$;

-- The blocks that tell of a pair which projects hold it.
CREATE FUNCTION projects_kept_pair(stem text) RETURNS TABLE (block integer, bits bit(1024)) LANGUAGE sql STABLE AS $$
    SELECT everyone.block, coalesce(pair.bits, 0::bit(1024))
      FROM projects_wordblock everyone
      JOIN projects_wordblock first ON first.word = split_part(stem, ' ', 1) AND first.block = everyone.block
      JOIN projects_wordblock second ON second.word = split_part(stem, ' ', 2) AND second.block = everyone.block
      LEFT JOIN projects_wordblock pair ON pair.word = stem AND pair.block = everyone.block
     WHERE everyone.word = ''
       AND least(bit_count(first.bits), bit_count(second.bits)) * 4 >= bit_count(everyone.bits)
$$;
"""

FOUND_BEFORE = import_module("projects.migrations.0012_words_left_out").FOUND
CHANGES = {
    "    stems CONSTANT text[] := projects_words_of(asked);": """\
    paired CONSTANT tsquery := projects_paired(asked);
    stems CONSTANT text[] := projects_words_of(paired);""",
    "    kept_times integer[];\nBEGIN\n": """\
    kept_times integer[];
    begun CONSTANT boolean := NOT EXISTS (SELECT FROM projects_dirtywords)  -- whether bits tell whose code begins so
        AND blocks = (SELECT count(*) FROM projects_wordblock WHERE word = '^' || prefix);
BEGIN
    IF begun AND numnode(asked) = 0 THEN
        RETURN QUERY SELECT block, bits FROM projects_wordblock WHERE word = '^' || prefix;
        RETURN;
    END IF;
""",
    "(SELECT count(*) FROM projects_wordblock WHERE word = stem)": """\
CASE WHEN strpos(stem, ' ') > 0 THEN (SELECT count(*) FROM projects_kept_pair(stem))
                                  ELSE (SELECT count(*) FROM projects_wordblock WHERE word = stem) END""",
    "WHERE held >> (place - 1) & 1 = 1)) @@ asked);": "WHERE held >> (place - 1) & 1 = 1)) @@ paired);",
    "WHERE rare >> (place - 1) & 1 = 0\n": """\
WHERE rare >> (place - 1) & 1 = 0 AND strpos(word, ' ') = 0
        UNION ALL
        SELECT place, block, bits FROM generate_subscripts(stems, 1) place
         CROSS JOIN LATERAL projects_kept_pair(stems[place])
         WHERE rare >> (place - 1) & 1 = 0 AND strpos(stems[place], ' ') > 0
""",
    "words @@ ('''' || replace(stems[place], '''', '''''') || '''')::tsquery": "words @@ projects_asked_by(stems[place])",
    "AND code ~<~ (prefix || chr(1114111))\n": "AND code ~<~ (prefix || chr(1114111)) AND NOT begun\n",
    "        SELECT block, bits FROM told WHERE place = 0\n": """\
        SELECT block, bits FROM told WHERE place = 0
        UNION ALL
        SELECT block, bits FROM projects_wordblock WHERE begun AND word = '^' || prefix
""",
}

AGAIN = """
INSERT INTO projects_dirtywords (block) SELECT DISTINCT project_id / 1024 FROM projects_projectlisting WHERE is_public;
SELECT projects_tidy_words();
"""
UNDO = """
DROP FUNCTION projects_kept_pair(text);
DROP FUNCTION projects_asked_by(text);
DROP FUNCTION projects_paired(tsquery);
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0013_orders_of_every_project")]

    operations = together(
        [migrations.RunSQL(KEPT + READ + replaced(FOUND_BEFORE, CHANGES) + AGAIN, KEPT_BEFORE + FOUND_BEFORE + UNDO + AGAIN)]
    )
