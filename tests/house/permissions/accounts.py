"""Sign-in is the library's; what matters here is that no door of it opens to whoever should not pass."""

from tests.house.matrix import Row

SIGNED_IN = "302 200 200 200 200 200 200"
SIGNED_OUT = "200 302 302 302 302 302 302"

ROWS = [
    Row("account_login", SIGNED_OUT),
    Row("account_logout", SIGNED_IN),
    Row("account_inactive", "200"),
    Row("account_signup", SIGNED_OUT),
    Row("account_reauthenticate", SIGNED_IN),
    Row("account_email", SIGNED_IN),
    Row("account_email_verification_sent", "200"),
    Row("account_confirm_email", "200", lambda world: {"key": "nobody-was-sent-this"}),
    Row("account_change_password", SIGNED_IN),
    Row("account_set_password", "302"),
    Row("account_reset_password", "200"),
    Row("account_reset_password_done", "200"),
    Row(
        "account_reset_password_from_key",
        "200",
        lambda world: {"uidb36": "1", "key": "nobody-was-sent-this"},
    ),
    Row("account_reset_password_from_key_done", "200"),
    Row("account_request_login_code", SIGNED_OUT),
    Row("account_confirm_login_code", "302"),
    Row("mfa_index", SIGNED_IN),
    Row("mfa_authenticate", "302"),
    Row("mfa_reauthenticate", "302"),
    Row("mfa_activate_totp", "302"),
    Row("mfa_deactivate_totp", "302 404 404 404 404 404 404"),
    Row("mfa_view_recovery_codes", "302 404 404 404 404 404 404"),
    Row("mfa_generate_recovery_codes", "302"),
    Row("mfa_download_recovery_codes", "302 404 404 404 404 404 404"),
    Row("mfa_list_webauthn", SIGNED_IN),
    Row("mfa_add_webauthn", "302"),
    Row("mfa_reauthenticate_webauthn", "302"),
    Row("mfa_remove_webauthn", "302", lambda world: {"pk": 1}),
    Row("mfa_edit_webauthn", "302", lambda world: {"pk": 1}),
    Row("mfa_login_webauthn", "302"),
    Row("usersessions_list", SIGNED_IN),
    Row("socialaccount_login_cancelled", "200"),
    Row("socialaccount_login_error", "401"),
    Row("socialaccount_signup", "302"),
    Row("socialaccount_connections", SIGNED_IN),
    Row("openid_connect_login", "404", lambda world: {"provider_id": "unknown"}),
    Row("openid_connect_callback", "404", lambda world: {"provider_id": "unknown"}),
]
