"""The library's forms of sign-in in the portal's words: a label above each field, nothing inside it."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
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


class AddEmailForm(_Plain, account.AddEmailForm):
    """One address per account: the one added takes the place of the other once it is confirmed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].label = _("New e-mail address")
        self.fields["email"].help_text = _(
            "We send it a link; your address changes when you open it."
        )


class ActivateTOTPForm(_Plain, totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].label = _("Six digits shown by the app")


class AddWebAuthnForm(_Plain, webauthn.AddWebAuthnForm):
    """A passkey that signs in alone, unless the person unticks it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].label = _("Name of this key")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("Sign in with this key alone, without a password")
        self.fields["passwordless"].help_text = _(
            "Your device then asks for your fingerprint, your face or its code."
        )


class EditWebAuthnForm(_Plain, webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].label = _("Name of this key")
