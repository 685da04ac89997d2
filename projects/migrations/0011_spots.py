"""Where a project is, to about a kilometre, is kept in its listing: maps count places by it. Orders of projects
that pages, feeds and the API begin with have their index."""

from django.db import migrations, models
from django.db.models.functions import Greatest

from smartport.migrating import together

LIST = r"""
CREATE OR REPLACE FUNCTION projects_list(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO projects_projectlisting AS listed
           (project_id, is_public, approved_on, concern, known_cost, {spot}code, name_fr, name_en, facets, words)
    SELECT p.id,
           p.standing = 'portfolio' AND p.approved_on IS NOT NULL AND coalesce(series.status = 'approved', false),
           p.approved_on,
           coalesce(array_position(ARRAY['sunny', 'cloudy', 'rainy', 'stormy'], p.health::text), 0),
           coalesce(p.total_cost, -1), {of_project}upper(p.code),
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
       SET (is_public, approved_on, concern, known_cost, {spot}code, name_fr, name_en, facets, words)
         = (excluded.is_public, excluded.approved_on, excluded.concern, excluded.known_cost, {excluded}excluded.code,
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
"""
OF_PROJECT = "projects_spot(p.latitude, p.longitude), "
SPOT = """
CREATE FUNCTION projects_spot(latitude numeric, longitude numeric) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT (round(latitude * 100) + 9000)::integer * 36001 + (round(longitude * 100) + 18000)::integer
$$;
"""
BEGIN = """
UPDATE projects_projectlisting listed SET spot = projects_spot(p.latitude, p.longitude)
  FROM projects_project p WHERE p.id = listed.project_id AND p.latitude IS NOT NULL AND p.longitude IS NOT NULL;
"""


def listing(spot: str, of_project: str) -> str:
    excluded = f"excluded.{spot}" if spot else ""
    return LIST.replace("{spot}", spot).replace("{of_project}", of_project).replace("{excluded}", excluded)


class Migration(migrations.Migration):
    dependencies = [("projects", "0010_words_by_blocks")]

    operations = together(
        [
            migrations.AddField(
                model_name="projectlisting", name="spot", field=models.IntegerField(null=True)
            ),
            migrations.RunSQL(
                SPOT + listing("spot, ", OF_PROJECT) + BEGIN,
                listing("", "") + "DROP FUNCTION projects_spot(numeric, numeric);",
            ),
            migrations.RemoveIndex(model_name="project", name="project_public_newest"),
            migrations.AddIndex(
                model_name="project",
                index=models.Index(
                    models.OrderBy(models.F("approved_on"), descending=True),
                    models.OrderBy(models.F("id"), descending=True),
                    name="project_newest",
                ),
            ),
            migrations.RemoveIndex(model_name="projectlisting", name="listing_by_health"),
            migrations.AddIndex(
                model_name="projectlisting",
                index=models.Index(
                    fields=["-concern", "-approved_on", "-project"],
                    include=["is_public"],
                    name="listing_by_health",
                ),
            ),
            migrations.AddIndex(
                model_name="project",
                index=models.Index(
                    models.OrderBy(models.F("reported_on"), descending=True, nulls_last=True),
                    models.OrderBy(models.F("approved_on"), descending=True),
                    models.F("code"),
                    condition=models.Q(("approved_on__isnull", False)),
                    name="project_public_reported",
                ),
            ),
            migrations.AddIndex(
                model_name="project",
                index=models.Index(
                    models.OrderBy(Greatest("approved_on", "reported_on"), descending=True),
                    models.OrderBy(models.F("id"), descending=True),
                    condition=models.Q(("approved_on__isnull", False)),
                    name="project_public_changed",
                ),
            ),
            migrations.AddIndex(
                model_name="projectlisting",
                index=models.Index(
                    condition=models.Q(("is_public", True), ("spot__isnull", False)),
                    fields=["spot", "project"],
                    name="listing_by_spot",
                ),
            ),
        ]
    )
