from django.db import connection, transaction


@transaction.atomic
def tidy() -> int:
    """Writes the facets and the words of the blocks that changed; how many there were of the one that had more.

    Safe to run twice, also at once.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(projects_tidy_facets(), projects_tidy_words())")
        return cursor.fetchone()[0]
