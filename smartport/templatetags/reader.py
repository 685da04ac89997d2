"""Numbers the paragraphs of a pack's page as they are drawn, whatever block they stand in."""

from collections.abc import Iterator
from itertools import count

from django import template

register = template.Library()


@register.simple_tag
def paragraph_counter() -> Iterator[int]:
    return count(1)


@register.simple_tag
def next_paragraph(counter: Iterator[int]) -> int:
    return next(counter)
