"""Who writes very many rows may list their projects once, at the end: see projects/services/listing.py.

The setting `smartport.listed_at_the_end` is of one transaction, and names it.
"""

from django.db import migrations

RELIST = r"""
CREATE OR REPLACE FUNCTION projects_relist() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    changed CONSTANT text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT * FROM added'
        WHEN 'DELETE' THEN 'SELECT * FROM removed'
        ELSE 'SELECT * FROM added UNION ALL SELECT * FROM removed' END;
BEGIN
    {waiting}
    EXECUTE format('WITH changed AS (%s) SELECT array_agg(DISTINCT id) FROM (%s) AS touched(id)', changed, TG_ARGV[0])
       INTO ids;
    IF ids IS NOT NULL THEN
        PERFORM projects_list(ids);
    END IF;
    RETURN NULL;
END $$;
"""
WAITING = """IF current_setting('smartport.listed_at_the_end', true) = pg_current_xact_id()::text THEN
        RETURN NULL;
    END IF;"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0007_former_addresses")]

    operations = [
        migrations.RunSQL(RELIST.replace("{waiting}", WAITING), RELIST.replace("{waiting}", "")),
    ]
