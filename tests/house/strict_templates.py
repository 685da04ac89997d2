"""A pytest plugin: a template of the house that shows a variable nobody gave it fails the test that rendered it.

What asks whether something is there (`{% if %}`, `{% for %}`, `{% firstof %}`, `|default`) may ask freely, and
templates of libraries are theirs to answer for.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from django.template import engines
from django.template.base import FilterExpression
from django.template.context import BaseContext

ROOT = Path(__file__).resolve().parents[2]
HOUSE = tuple(
    str(ROOT / name) for name in ("templates", "smartport", "partners", "projects", "governance")
)
ASKING = {"default", "default_if_none"}


class UndefinedVariable(Exception):
    """A template shows a variable that its context does not have; says which, and where."""


class Strict(str):
    """Stands for a missing variable: looking at it while it is being shown raises."""

    __slots__ = ()

    def __bool__(self) -> bool:
        """Asked by `{{ variable }}` and by every tag's argument that is missing."""
        frame = sys._getframe(1)
        expression = frame.f_locals.get("self")
        if isinstance(expression, FilterExpression):
            asking = expression.filters and expression.filters[0][0].__name__ in ASKING
            if not asking:
                _refuse(expression.token, frame)
        return False

    def __contains__(self, part: object) -> bool:
        """Asked by `{% blocktranslate %}` for a variable of its text that is missing."""
        frame = sys._getframe(1)
        _refuse(str(frame.f_locals.get("key")), frame)
        return False


def _refuse(name: str, frame: FrameType) -> None:
    template = _template(frame)
    if template.startswith(HOUSE):
        place = template.removeprefix(f"{ROOT}/")
        raise UndefinedVariable(f"{place} shows {name!r}, which is not given to it")


def _template(frame: FrameType) -> str:
    """The path of the template that is being rendered at this point, the innermost where several are."""
    context = frame.f_locals.get("context")
    if isinstance(context, BaseContext):
        template = getattr(context.render_context, "template", None) or context.template
        return str(template.origin.name)
    return ""


@pytest.fixture(autouse=True)
def _strict_templates() -> Iterator[None]:
    """For each test anew: one that changes the settings of templates makes another engine."""
    engine = engines["django"].engine
    before = engine.string_if_invalid
    engine.string_if_invalid = Strict()
    yield
    engine.string_if_invalid = before
