"""Refusals: what the portal will not do, said to the person who asked."""

from django.forms import BaseForm
from django.utils.functional import Promise


class Refusal(Exception):
    """A rule says no. `message` says why, `remedy` what to do next; both are shown to the person.

    `field` names the form field the refusal belongs to, if one does; `code` is stable, for the API.
    """

    code = "refused"
    status = 409

    def __init__(
        self,
        message: str | Promise,
        *,
        remedy: str | Promise = "",
        field: str | None = None,
        **context: object,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.field = field
        self.context = context

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()

    def add_to(self, form: BaseForm) -> None:
        """Say it next to each field it belongs to, or above the form; what was typed is kept."""
        for name, why in (self.context.get("problems") or {self.field: str(self)}).items():
            form.add_error(name if name in form.fields else None, why)


class NotAllowed(Refusal):
    """This person may see the object but not do this with it."""

    code = "not_allowed"
    status = 403


class TransitionRefused(Refusal):
    """The object's state does not lead where it was asked to go."""

    code = "transition_refused"


class Stale(Refusal):
    """Someone else saved a newer version; `context["current"]` holds it."""

    code = "stale"
    status = 412
