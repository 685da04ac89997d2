from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def listed_at_the_end(projects: Sequence[int]) -> Iterator[None]:
    """For who writes very many rows in one transaction: these projects, and no others, are listed once, at the end.

    Without it each table that a project is listed by lists it again.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('smartport.listed_at_the_end', pg_current_xact_id()::text, true)"
        )
        yield
        cursor.execute("SELECT set_config('smartport.listed_at_the_end', '', true)")
        cursor.execute("SELECT projects_list(%s::bigint[])", [list(projects)])
