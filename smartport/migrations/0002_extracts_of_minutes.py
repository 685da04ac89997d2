"""The page of a decision links to the published extract of the minutes: both tables move the content version."""

from django.db import migrations

WATCHED = ["governance_minutes", "governance_minutesextract"]
TRIGGER = """
CREATE TRIGGER content_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION smartport_content_changed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("smartport", "0001_content_version"),
        ("governance", "0003_decisions_minutes_actions"),
    ]

    operations = [
        migrations.RunSQL(
            "".join(TRIGGER.format(table=table) for table in WATCHED),
            "".join(f"DROP TRIGGER content_changed ON {table};" for table in WATCHED),
        ),
    ]
