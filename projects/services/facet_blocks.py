from django.db import connection, transaction


@transaction.atomic
def tidy() -> int:
    """Writes the facets of the blocks that changed; how many there were. Safe to run twice, also at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT projects_tidy_facets()")
        return cursor.fetchone()[0]
