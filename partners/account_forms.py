"""The library's forms of sign-in in the portal's words: a label above each field, nothing inside it."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from django import forms
from django.utils.translation import gettext_lazy as _


class _Plain(forms.Form):
    """No placeholder, no count of characters, no second link to the forgotten password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field, forms.CharField):
                field.max_length = None  # the validators made from it stay
            if isinstance(field, forms.EmailField):
                field.label = _("E-mail address")


class LoginForm(_Plain, account.LoginForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].help_text = ""
        self.fields["remember"].label = _("Stay signed in on this device")


class ResetPasswordForm(_Plain, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(_Plain, account.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(_Plain, account.ChangePasswordForm):
    pass


class SetPasswordForm(_Plain, account.SetPasswordForm):
    pass


class RequestLoginCodeForm(_Plain, account.RequestLoginCodeForm):
    pass


class ConfirmLoginCodeForm(_Plain, account.ConfirmLoginCodeForm):
    pass


class ReauthenticateForm(_Plain, account.ReauthenticateForm):
    pass


class AuthenticateForm(_Plain, mfa.AuthenticateForm):
    pass


class ReauthenticateCodeForm(_Plain, mfa.ReauthenticateForm):
    pass
