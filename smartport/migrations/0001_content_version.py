"""The content version: a number that grows in the very transaction that changes what the public may see.

It is the sum of a few rows. A transaction moves the first row no other transaction holds, or adds one, so that
writers never wait for each other; it does so once, however many rows it changes. The clock in it keeps a version from
coming back after an older copy of the database was put back. Read by smartport/page_cache.py.
"""

from django.db import migrations

WATCHED = [
    "partners_partner",
    "partners_partner_sources",
    "partners_partnername",
    "partners_source",
    "projects_agreementparty",
    "projects_amendment",
    "projects_contribution",
    "projects_framework",
    "projects_framework_sources",
    "projects_fundingagreement",
    "projects_fundingagreement_sources",
    "projects_indicator",
    "projects_instalment",
    "projects_milestone",
    "projects_milestoneslip",
    "projects_project",
    "projects_project_frameworks",
    "projects_project_goals",
    "projects_project_sources",
    "projects_projectindicator",
    "projects_projectpartner",
    "projects_projectseries",
    "projects_projectseries_sources",
    "projects_reportingperiod",
    "projects_slugredirect",
    "projects_strategicgoal",
    "projects_strategicgoal_sources",
    "governance_agendaitem",
    "governance_committee",
    "governance_committee_sources",
    "governance_decision",
    "governance_decision_sources",
    "governance_meeting",
    "governance_meeting_sources",
    "governance_seat",
]

VERSION = """
CREATE TABLE smartport_contentversion (
    part bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number bigint NOT NULL
);
CREATE FUNCTION smartport_content_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    this_one CONSTANT text := pg_current_xact_id()::text;
    moment CONSTANT bigint := extract(epoch FROM clock_timestamp()) * 1000000;
BEGIN
    IF current_setting('smartport.content_changed_by', true) = this_one THEN
        RETURN NULL;
    END IF;
    UPDATE smartport_contentversion SET number = greatest(number + 1, moment)
     WHERE part = (SELECT part FROM smartport_contentversion ORDER BY part LIMIT 1 FOR UPDATE SKIP LOCKED);
    IF NOT FOUND THEN
        INSERT INTO smartport_contentversion (number) VALUES (moment);
    END IF;
    PERFORM set_config('smartport.content_changed_by', this_one, true);
    RETURN NULL;
END $$;
"""
TRIGGER = """
CREATE TRIGGER content_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION smartport_content_changed();
"""
# A report being written saves itself every few seconds; the public is told of accepted ones alone, and what hangs
# from an accepted report is frozen.
REPORTS = """
CREATE TRIGGER content_added AFTER INSERT ON projects_progressreport
FOR EACH ROW WHEN (NEW.status = 'accepted') EXECUTE FUNCTION smartport_content_changed();
CREATE TRIGGER content_changed AFTER UPDATE ON projects_progressreport
FOR EACH ROW WHEN (OLD.status = 'accepted' OR NEW.status = 'accepted') EXECUTE FUNCTION smartport_content_changed();
CREATE TRIGGER content_removed AFTER DELETE ON projects_progressreport
FOR EACH ROW WHEN (OLD.status = 'accepted') EXECUTE FUNCTION smartport_content_changed();
CREATE TRIGGER content_emptied AFTER TRUNCATE ON projects_progressreport
FOR EACH STATEMENT EXECUTE FUNCTION smartport_content_changed();
"""
UNDO = """
DROP FUNCTION smartport_content_changed() CASCADE;
DROP TABLE smartport_contentversion;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("partners", "0001_initial"),
        ("projects", "0001_initial"),
        ("governance", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            VERSION + "".join(TRIGGER.format(table=table) for table in WATCHED) + REPORTS, UNDO
        ),
    ]
