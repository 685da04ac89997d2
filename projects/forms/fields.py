import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from smartport.forms import PercentInput


class PercentField(forms.IntegerField):
    """`45`, `45 %`: a whole number from 0 to 100."""

    widget = PercentInput
    default_error_messages = {"invalid": _("Give a whole number from 0 to 100.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=100, **options)
        for limit in self.validators:
            limit.message = self.error_messages["invalid"]  # type: ignore[attr-defined]

    def to_python(self, value: Any) -> int | None:
        return super().to_python(
            value.replace("%", "").strip() if isinstance(value, str) else value
        )


class QuantityField(forms.DecimalField):
    """A value of an indicator as people type it: `1 234,5`, `1234.5`; three decimals at most."""

    default_error_messages = {"invalid": _("Enter a number, such as 12.5.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=16, decimal_places=3, **options)
        self.widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "size": 12})

    def to_python(self, value: Any) -> Decimal | None:
        return super().to_python(plain_quantity(value) if isinstance(value, str) else value)


def plain_quantity(text: str) -> str:
    """The language's decimal mark counts first; the other mark is a decimal one too unless it groups by three."""
    text = re.sub(r"[\s\u00a0\u202f']", "", text)
    mark = str(formats.get_format("DECIMAL_SEPARATOR"))
    other = "." if mark == "," else ","
    if mark in text:
        return text.replace(other, "").replace(mark, ".")
    if other == "," and re.fullmatch(r"-?\d{1,3}(,\d{3})+", text):
        return text.replace(",", "")
    return text.replace(other, ".")
