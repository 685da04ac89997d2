"""Keeps the rows of projects/models/listing.py: one function lists projects anew, triggers say which.

Facets are counted by blocks of 1,024 projects, one bit each. A change only notes its block as dirty, without waiting
for anyone; `projects_tidy_facets` (a job) writes the bits, and until then they are read from the rows.
"""

from django.db import migrations

LIST = r"""
CREATE FUNCTION projects_plain(text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT lower(unaccent(coalesce($1, '')))
$$;

CREATE FUNCTION projects_facets(p projects_project, series_slug text, lead_slug text) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT array_agg(DISTINCT facet) FROM (
        VALUES ('status:' || p.status), ('strand:' || p.strand), ('series:' || series_slug), ('partner:' || lead_slug),
               ('health:' || coalesce(nullif(p.health, ''), 'none')), ('year:' || to_char(p.approved_on, 'YYYY'))
        UNION ALL
        SELECT 'goal:' || goal.slug FROM projects_strategicgoal goal
          JOIN projects_project_goals link ON link.strategicgoal_id = goal.id WHERE link.project_id = p.id
        UNION ALL
        SELECT 'framework:' || framework.slug FROM projects_framework framework
          JOIN projects_project_frameworks link ON link.framework_id = framework.id WHERE link.project_id = p.id
        UNION ALL
        SELECT unnest(ARRAY['partner:' || partner.slug, CASE link.role WHEN 'funder' THEN 'funder:' || partner.slug END])
          FROM partners_partner partner
          JOIN projects_projectpartner link ON link.partner_id = partner.id WHERE link.project_id = p.id
        UNION ALL
        SELECT 'funder:' || funder.slug FROM partners_partner funder
          JOIN projects_contribution given ON given.funder_id = funder.id
          JOIN projects_fundingagreement agreement ON agreement.id = given.agreement_id
          LEFT JOIN projects_amendment amendment ON amendment.id = given.amendment_id
         WHERE given.project_id = p.id
           AND (agreement.is_sourced OR agreement.status IN ('in_force', 'ended', 'terminated'))
           AND (amendment.id IS NULL OR amendment.status IN ('in_force', 'ended', 'terminated'))
    ) AS found(facet) WHERE facet IS NOT NULL
$$;

CREATE FUNCTION projects_list(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO projects_projectlisting AS listed
           (project_id, is_public, approved_on, concern, known_cost, code, name_fr, name_en, facets, words)
    SELECT p.id,
           p.standing = 'portfolio' AND p.approved_on IS NOT NULL AND coalesce(series.status = 'approved', false),
           p.approved_on,
           coalesce(array_position(ARRAY['sunny', 'cloudy', 'rainy', 'stormy'], p.health::text), 0),
           coalesce(p.total_cost, -1), upper(p.code),
           projects_plain(p.title_fr), projects_plain(coalesce(nullif(p.title_en, ''), p.title_fr)),
           projects_facets(p, series.slug, lead.slug),
           to_tsvector('french', unaccent(concat_ws(' ', p.title_fr, p.title_en, p.summary_fr, p.summary_en,
               p.description_fr, p.description_en, p.place_fr, p.place_en, p.code, around.names)))
      FROM projects_project p
      LEFT JOIN projects_projectseries series ON series.id = p.series_id
      LEFT JOIN partners_partner lead ON lead.id = p.lead_id
      CROSS JOIN LATERAL (
          SELECT string_agg(concat_ws(' ', partner.name_fr, partner.name_en, partner.short_name), ' ') AS names
            FROM partners_partner partner
           WHERE partner.id = p.lead_id
              OR partner.id IN (SELECT partner_id FROM projects_projectpartner WHERE project_id = p.id)
      ) AS around
     WHERE p.id = ANY (ids) ORDER BY p.id
        ON CONFLICT (project_id) DO UPDATE
       SET (is_public, approved_on, concern, known_cost, code, name_fr, name_en, facets, words)
         = (excluded.is_public, excluded.approved_on, excluded.concern, excluded.known_cost, excluded.code,
            excluded.name_fr, excluded.name_en, excluded.facets, excluded.words)
     WHERE listed IS DISTINCT FROM excluded;

    INSERT INTO projects_searchword (word, stem)
    SELECT word, coalesce((tsvector_to_array(to_tsvector('french', word)))[1], '')
      FROM (SELECT DISTINCT left(part, 100) AS word
              FROM projects_project p
              LEFT JOIN partners_partner lead ON lead.id = p.lead_id,
                   regexp_split_to_table(projects_plain(concat_ws(' ', p.title_fr, p.title_en, p.place_fr,
                       lead.name_fr, lead.short_name)), '[^[:alnum:]]+') part
             WHERE p.id = ANY (ids) AND length(part) >= 4) AS written
     WHERE NOT EXISTS (SELECT FROM projects_searchword known
                        WHERE known.stem = coalesce((tsvector_to_array(to_tsvector('french', written.word)))[1], '')
                          AND known.word = written.word);
END $$;

CREATE FUNCTION projects_relist() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    changed CONSTANT text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT * FROM added'
        WHEN 'DELETE' THEN 'SELECT * FROM removed'
        ELSE 'SELECT * FROM added UNION ALL SELECT * FROM removed' END;
BEGIN
    EXECUTE format('WITH changed AS (%s) SELECT array_agg(DISTINCT id) FROM (%s) AS touched(id)', changed, TG_ARGV[0])
       INTO ids;
    IF ids IS NOT NULL THEN
        PERFORM projects_list(ids);
    END IF;
    RETURN NULL;
END $$;
"""

# Which projects a change reaches; `changed` holds the rows before and after.
OF_LINKS = "SELECT project_id FROM changed"
RELISTED = {
    "projects_project": "SELECT id FROM changed",
    "projects_project_goals": OF_LINKS,
    "projects_project_frameworks": OF_LINKS,
    "projects_projectpartner": OF_LINKS,
    "projects_contribution": OF_LINKS,
}
# Of these, rows come before the projects that hang from them; only some of their columns are listed.
RENAMED = "SELECT a.id FROM added a JOIN removed r USING (id) WHERE ({after}) IS DISTINCT FROM ({before})"
FOLLOWED = {
    "projects_fundingagreement": (
        ["status", "is_sourced"],
        "SELECT project_id FROM projects_contribution WHERE agreement_id IN ({})",
    ),
    "projects_amendment": (
        ["status"],
        "SELECT project_id FROM projects_contribution WHERE amendment_id IN ({})",
    ),
    "projects_projectseries": (
        ["status", "slug"],
        "SELECT id FROM projects_project WHERE series_id IN ({})",
    ),
    "projects_strategicgoal": (
        ["slug"],
        "SELECT project_id FROM projects_project_goals WHERE strategicgoal_id IN ({})",
    ),
    "projects_framework": (
        ["slug"],
        "SELECT project_id FROM projects_project_frameworks WHERE framework_id IN ({})",
    ),
    "partners_partner": (
        ["slug", "name_fr", "name_en", "short_name"],
        "WITH renamed AS ({}) SELECT id FROM projects_project WHERE lead_id IN (TABLE renamed) "
        "UNION SELECT project_id FROM projects_projectpartner WHERE partner_id IN (TABLE renamed) "
        "UNION SELECT project_id FROM projects_contribution WHERE funder_id IN (TABLE renamed)",
    ),
}
TABLES = {
    "INSERT": "NEW TABLE AS added",
    "UPDATE": "OLD TABLE AS removed NEW TABLE AS added",
    "DELETE": "OLD TABLE AS removed",
}
TRIGGER = """
CREATE TRIGGER relisted_on_{name} AFTER {event} ON {table} REFERENCING {tables}
FOR EACH STATEMENT EXECUTE FUNCTION projects_relist('{reached}');
"""


def _trigger(table: str, event: str, reached: str) -> str:
    return TRIGGER.format(
        name=event.lower(), event=event, table=table, tables=TABLES[event], reached=reached
    )


def _renamed(columns: list[str]) -> str:
    before, after = (", ".join(f"{row}.{name}" for name in columns) for row in "ra")
    return RENAMED.format(before=before, after=after)


RELIST = "".join(
    _trigger(table, event, reached)
    for table, reached in RELISTED.items()
    for event in TABLES
    if (table, event) != ("projects_project", "DELETE")
) + "".join(
    _trigger(table, "UPDATE", reached.format(_renamed(columns)))
    for table, (columns, reached) in FOLLOWED.items()
)

FACETS = """
CREATE FUNCTION projects_facet_bits(blocks integer[]) RETURNS TABLE (block integer, facet varchar, bits bit(1024))
LANGUAGE sql STABLE AS $$
    SELECT listed.project_id::integer / 1024, facets.facet,
           bit_or(set_bit(0::bit(1024), listed.project_id::integer % 1024, 1))
      FROM unnest(blocks) wanted(block)
      JOIN projects_projectlisting listed
        ON listed.project_id >= wanted.block * 1024::bigint AND listed.project_id < (wanted.block + 1) * 1024::bigint,
           unnest(listed.facets || ''::varchar) facets(facet)
     WHERE listed.is_public
     GROUP BY 1, 2
$$;

CREATE FUNCTION projects_block_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO projects_dirtyblock (block) SELECT DISTINCT project_id / 1024 FROM added WHERE is_public;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO projects_dirtyblock (block) SELECT DISTINCT project_id / 1024 FROM removed WHERE is_public;
    ELSE
        INSERT INTO projects_dirtyblock (block)
        SELECT DISTINCT project_id / 1024 FROM added JOIN removed USING (project_id)
         WHERE (added.is_public, added.facets) IS DISTINCT FROM (removed.is_public, removed.facets);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION projects_tidy_facets() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    notes bigint[];
    blocks integer[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('projects_tidy_facets'));
    SELECT array_agg(id), array_agg(DISTINCT block) INTO notes, blocks FROM projects_dirtyblock;
    DELETE FROM projects_facetblock WHERE block = ANY (blocks);
    INSERT INTO projects_facetblock (block, facet, bits) SELECT block, facet, bits FROM projects_facet_bits(blocks);
    DELETE FROM projects_dirtyblock WHERE id = ANY (notes);
    RETURN coalesce(cardinality(blocks), 0);
END $$;
""" + "".join(
    f"""
CREATE TRIGGER block_changed_on_{event.lower()} AFTER {event} ON projects_projectlisting REFERENCING {tables}
FOR EACH STATEMENT EXECUTE FUNCTION projects_block_changed();
"""
    for event, tables in TABLES.items()
)

BEGIN = """
SELECT projects_list(array_agg(id)) FROM projects_project;
SELECT projects_tidy_facets();
"""

UNDO = """
DROP FUNCTION projects_relist() CASCADE;
DROP FUNCTION projects_block_changed() CASCADE;
DROP FUNCTION projects_tidy_facets();
DROP FUNCTION projects_facet_bits(integer[]);
DROP FUNCTION projects_list(bigint[]);
DROP FUNCTION projects_facets(projects_project, text, text);
DROP FUNCTION projects_plain(text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0005_listing"),
        ("partners", "0001_initial"),
    ]

    operations = [migrations.RunSQL(LIST + RELIST + FACETS + BEGIN, UNDO)]
