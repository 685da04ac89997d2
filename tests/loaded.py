"""Rows loaded once for a whole test module, and gone at its end; each test still has a transaction of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction


@contextmanager
def kept_for_the_module(blocker: Any) -> Iterator[None]:
    """`blocker` is pytest-django's `django_db_blocker`; load inside the block, in a module-scoped fixture.

    Tests that need an empty database stand before those that ask for the fixture.
    """
    with blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
    try:
        yield
    finally:
        with blocker.unblock():
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)
