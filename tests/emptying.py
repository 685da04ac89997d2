"""Emptying the database after a test that committed.

Truncating all of a hundred and forty tables costs the server half a second, fifty times; few of them hold a row.
"""

import time
from typing import Any

from django.core.management.commands import flush
from django.core.management.sql import sql_flush
from django.db.backends.base.base import BaseDatabaseWrapper

PATIENCE = 10  # seconds for a request that was under way when its browser closed
OF_MIGRATE = {"django_content_type", "auth_permission"}  # what it wrote stays


def empty_only_what_holds_rows() -> None:
    """From now on, for each `flush`."""
    flush.sql_flush = _statements
    flush.emit_post_migrate_signal = lambda *given, **options: None


def _statements(style: Any, connection: BaseDatabaseWrapper, **options: Any) -> list[str]:
    """Deletions that no trigger or reference watches; only a superuser may do that, others truncate.

    Knox keeps a table of its own beside our tokens: truncating has to reach it too.
    """
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    each = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')::boolean")
        if not cursor.fetchone()[0]:
            return sql_flush(style, connection, **{**options, "allow_cascade": True})
        _wait_for_the_others(cursor)
        cursor.execute(" UNION ALL ".join(each))
        filled = {name for (name,) in cursor.fetchall()} - OF_MIGRATE
    unwatched = "SET LOCAL session_replication_role = replica"
    return [unwatched, *(f'DELETE FROM "{name}"' for name in sorted(filled))]


def _wait_for_the_others(cursor: Any) -> None:
    """What still writes would hold a row that is deleted here, or add one afterwards."""
    until = time.monotonic() + PATIENCE
    busy = True
    while busy and time.monotonic() < until:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'"
        )
        busy = cursor.fetchone()[0] > 0
        if busy:
            time.sleep(0.02)
