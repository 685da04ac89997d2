from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.enums import VoteChoice
from governance.models import AgendaItem, Vote


class AnswersForm(forms.Form):
    """What one seat answers, item by item; items may be left for later."""

    def __init__(
        self, *args: Any, items: Iterable[AgendaItem], given: Mapping[int, Vote], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            vote = given.get(item.pk)
            self.fields[f"choice_{item.pk}"] = forms.ChoiceField(
                label=_("Your answer"),
                choices=VoteChoice,
                widget=forms.RadioSelect,
                required=False,
                initial=vote.choice if vote else None,
            )
            self.fields[f"comment_{item.pk}"] = forms.CharField(
                label=_("Comment"),
                max_length=500,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
                initial=vote.comment if vote else "",
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for item in self.items:
            name = f"choice_{item.pk}"
            if data.get(f"comment_{item.pk}") and not data.get(name) and name not in self.errors:
                self.add_error(name, _("Say how your seat answers; the comment is kept."))
        if not self.errors and not self.answers():
            self.add_error(None, _("Answer at least one item."))
        return data

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"item": item, "fields": [self[f"choice_{item.pk}"], self[f"comment_{item.pk}"]]}
            for item in self.items
        ]

    def answers(self) -> dict[int, tuple[str, str]]:
        """By item id, the choice and the comment; only what is answered."""
        found = {
            item.pk: (
                self.cleaned_data.get(f"choice_{item.pk}") or "",
                self.cleaned_data.get(f"comment_{item.pk}") or "",
            )
            for item in self.items
        }
        return {pk: answer for pk, answer in found.items() if answer[0]}
