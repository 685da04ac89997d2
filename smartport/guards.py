"""Database guards shared by the floors: what was issued cannot change, whoever asks and by whatever door."""

import pgtrigger
from django.db import models
from django.db.models import Q


def frozen_when(**condition: object) -> pgtrigger.Protect:
    """Refuses UPDATE and DELETE of a row whose old values match, e.g. `frozen_when(status="accepted")`."""
    return pgtrigger.Protect(
        name="frozen",
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(**{f"old__{name}": value for name, value in condition.items()}),
    )


def insert_only() -> pgtrigger.Protect:
    """Refuses every UPDATE and DELETE."""
    return pgtrigger.Protect(name="insert_only", operation=pgtrigger.Update | pgtrigger.Delete)


def frozen_with_parent(parent_table: str, column: str, status: str) -> pgtrigger.Trigger:
    """Refuses any write to a row whose parent (`column` -> `parent_table.id`) has this status."""
    return pgtrigger.Trigger(
        name="frozen_with_parent",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("parent", "BIGINT")],
        # The names come from the code, never from a person.
        func=f"""
            IF TG_OP = 'INSERT' THEN parent := NEW.{column}; ELSE parent := OLD.{column}; END IF;
            IF EXISTS (SELECT 1 FROM {parent_table} WHERE id = parent AND status = '{status}') THEN
                RAISE EXCEPTION 'pgtrigger: {parent_table} % is {status}: its rows are frozen', parent;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,  # noqa: S608
    )


def frozen_once_named(by_table: str, column: str) -> pgtrigger.Trigger:
    """Refuses any write to a row once a row of `by_table` has the same `column` as it: what was issued names it."""
    return pgtrigger.Trigger(
        name="frozen_once_named",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("shared", "BIGINT")],
        # The names come from the code, never from a person.
        func=f"""
            IF TG_OP = 'INSERT' THEN shared := NEW.{column}; ELSE shared := OLD.{column}; END IF;
            IF EXISTS (SELECT 1 FROM {by_table} WHERE {column} = shared) THEN
                RAISE EXCEPTION 'pgtrigger: {by_table} names % already: its rows are frozen', shared;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,  # noqa: S608
    )


def keeps_former_address(table: str, column: str) -> pgtrigger.Trigger:
    """Notes in `table` the slug a row had when it gets another, so that links to the former one lead on."""
    return pgtrigger.Trigger(
        name="former_address",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("slug"),
        condition=pgtrigger.Condition("OLD.slug IS DISTINCT FROM NEW.slug"),
        # The names come from the code, never from a person.
        func=f"""
            INSERT INTO {table} (slug, {column}) VALUES (OLD.slug, NEW.id)
                ON CONFLICT (slug) DO UPDATE SET {column} = EXCLUDED.{column};
            RETURN NULL;
        """,  # noqa: S608
    )


def dated(state: str, *fields: str, field: str = "status", name: str) -> models.CheckConstraint:
    """`field = state` implies that each of `fields` is filled (not null)."""
    filled = Q()
    for each in fields:
        filled &= Q(**{f"{each}__isnull": False})
    return models.CheckConstraint(condition=~Q(**{field: state}) | filled, name=name)
