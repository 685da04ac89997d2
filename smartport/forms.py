"""How every form of the portal is drawn, and the widgets its fields share.

`{{ form }}` gives the error summary and all fields, `{{ field.as_field_group }}` one field: label, "optional"
where it is, help, error, count.
"""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from smartport.money import euros

COUNTED_FROM = 200  # shorter limits need no count
AMOUNT = re.compile(r"(-?\d{1,3}(?:[.,]\d{3})+|-?\d+)(?:([.,])(\d{1,2}))?")


class LookBoundField(BoundField):
    """A field that also knows its character limit and where the error summary should link to."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs.pop(
                "maxlength", None
            )  # the browser would cut a pasted text without a word

    @property
    def limit(self) -> int | None:
        if isinstance(self.field.widget, forms.EmailInput | forms.PasswordInput):
            return None
        if isinstance(self.field.widget, SearchInput):
            return None  # nobody writes to the end of a search
        limit = getattr(self.field, "max_length", None)
        return limit if limit and limit >= COUNTED_FROM else None

    @property
    def kind(self) -> str:
        """`check` (one box), `file`, or `plain`: what the field's template lays out differently."""
        if isinstance(self.field.widget, forms.CheckboxInput):
            return "check"
        return "file" if isinstance(self.field.widget, forms.FileInput) else "plain"

    @property
    def anchor(self) -> str:
        """The id of the first control: groups carry the id on their wrapper, which cannot take the focus."""
        return f"{self.auto_id}_0" if self.use_fieldset else self.id_for_label

    @property
    def aria_describedby(self) -> str | None:
        described = [*filter(None, [super().aria_describedby])]
        if self.limit and self.auto_id and not self.is_hidden:
            described.append(f"{self.auto_id}_count")
        return " ".join(described) or None


class Renderer(TemplatesSetting):
    form_template_name = "django/forms/look_form.html"
    formset_template_name = "django/forms/look_formset.html"
    field_template_name = "django/forms/look_field.html"
    bound_field_class = LookBoundField


class SearchInput(forms.TextInput):
    input_type = "search"


class DateInput(forms.DateInput):
    """The browser's own date picker; the value travels as ISO 8601 whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class AffixInput(forms.TextInput):
    """A short input with its unit beside it; the unit is also part of the label or help, for screen readers."""

    template_name = "django/forms/widgets/affix.html"
    unit = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["unit"] = self.unit
        return context


class MoneyInput(AffixInput):
    unit = "€"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})


class PercentInput(AffixInput):
    unit = "%"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"inputmode": "numeric", "autocomplete": "off", "maxlength": 5, **(attrs or {})}
        )


class MeteoSelect(forms.RadioSelect):
    """The four steps of the météo as tiles with icon and word; each value names its icon."""

    template_name = "django/forms/widgets/meteo_select.html"


class TileSelect(forms.RadioSelect):
    """A few choices side by side, large enough for a finger."""

    template_name = "django/forms/widgets/tile_select.html"


class MoneyField(forms.DecimalField):
    """Euros as people type them: `1 234,50 €`, `1234.5`, `1.234,50`. Never more than 14 digits, two after the comma."""

    widget = MoneyInput
    default_error_messages = {"invalid": _("Enter an amount in euros, such as 1,234.50.")}

    def __init__(self, **options: Any) -> None:
        options.setdefault("min_value", Decimal(0))
        super().__init__(max_digits=14, decimal_places=2, localize=False, **options)

    def to_python(self, value: Any) -> Decimal | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        plain = plain_amount(value)
        if plain is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(plain)

    def prepare_value(self, value: Any) -> Any:
        """What was typed stays as it was typed; a stored amount shows the language's separators."""
        if not isinstance(value, Decimal):
            return value
        return euros(value).replace("€", "").strip()


def plain_amount(text: str) -> str | None:
    """The digits of an amount: a comma or point before one or two last digits is the decimal mark; else None."""
    found = AMOUNT.fullmatch(re.sub(r"[\s€']", "", text))
    if found is None:
        return None
    whole, mark, cents = found.groups()
    separators = set(re.findall(r"[.,]", whole))
    if len(separators) > 1 or mark in separators:
        return None
    return re.sub(r"[.,]", "", whole) + (f".{cents}" if cents else "")
