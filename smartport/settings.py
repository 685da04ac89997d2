"""Settings, all from the environment (names in README.md). `TRIAL=true` marks a trial database."""

import sys
from importlib.util import find_spec
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from smartport.api import schema as api_schema

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()


def required(name: str, *, trial: str | None = None) -> str:
    """The value of an environment variable, or the trial's default; a missing one stops the start with one line."""
    value = env.str(name, default="")
    if value:
        return value
    if TRIAL and trial is not None:
        return trial
    sys.exit(
        f"smartport: the environment variable {name} is missing; README.md, “Configure”, says what it holds."
    )


def origin(address: str) -> list[str]:
    """`https://host` of an address; nothing of an empty one."""
    return ["/".join(address.split("/")[:3])] if address else []


# --- What this instance is ---------------------------------------------------------------------
TRIAL = env.bool("TRIAL", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = required("SECRET_KEY")
SITE_URL = required("SITE_URL", trial="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = [
    h.strip()
    for h in required("ALLOWED_HOSTS", trial="127.0.0.1,localhost,[::1],testserver").split(",")
]
HTTPS = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

# --- Applications: the four floors, then what they stand on --------------------------------------
INSTALLED_APPS = [
    "modeltranslation",
    "governance",
    "projects",
    "partners",
    "smartport",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "django_htmx",
]

MIDDLEWARE = [
    "smartport.middleware.RequestIdMiddleware",
    "smartport.page_cache.PublicPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "smartport.middleware.HistoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "partners.middleware.SecondFactorMiddleware",
    "partners.middleware.SignInServiceMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "smartport.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "smartport.urls"
WSGI_APPLICATION = "smartport.wsgi.application"
FORM_RENDERER = "smartport.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "smartport.context_processors.site",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
]

# --- Servers --------------------------------------------------------------------------------------
required("DATABASE_URL")
DATABASES = {
    "default": {
        **env.db("DATABASE_URL"),
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
REDIS_URL = required("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.str("CACHE_PREFIX", default="smartport"),
    },
    "pages": {
        "BACKEND": "smartport.page_cache.Memory",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 300},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# How tasks run is said beside the schedule, in smartport/celery.py.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", default="smartport")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 3,
    # Who saves a page does not wait for a broker that is away: the schedule finds what was not told.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_TASK_PUBLISH_RETRY = False

required("EMAIL_URL", trial="smtp://127.0.0.1:2525")
globals().update(**env.email("EMAIL_URL", default="smtp://127.0.0.1:2525"))
EMAIL_BACKEND = globals()["EMAIL_BACKEND"].replace(
    "django.core.mail.backends.smtp", "partners.smtp"
)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL", trial="Smart Port <portail@smartport.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# The trial's mailbox page reads it.
MAILBOX_DIR = Path(env.str("MAILBOX_DIR", default=str(VAR_DIR / "mail")))
MESSAGES_PER_MINUTE = env.int("MESSAGES_PER_MINUTE", default=300)

# --- People ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "partners.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "partners:workspace"
LOGOUT_REDIRECT_URL = "projects:home"
REQUIRE_MFA = env.bool("REQUIRE_MFA", default=not TRIAL)
ACCOUNT_ADAPTER = "partners.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "partners.adapters.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "partners.adapters.display_name"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True  # one address per account
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # seconds; of the link in the same mail too
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_FORMS = {
    "login": "partners.account_forms.LoginForm",
    "reset_password": "partners.account_forms.ResetPasswordForm",
    "reset_password_from_key": "partners.account_forms.ResetPasswordKeyForm",
    "change_password": "partners.account_forms.ChangePasswordForm",
    "set_password": "partners.account_forms.SetPasswordForm",
    "request_login_code": "partners.account_forms.RequestLoginCodeForm",
    "confirm_login_code": "partners.account_forms.ConfirmLoginCodeForm",
    "reauthenticate": "partners.account_forms.ReauthenticateForm",
    "add_email": "partners.account_forms.AddEmailForm",
}
MFA_FORMS = {
    "authenticate": "partners.account_forms.AuthenticateForm",
    "reauthenticate": "partners.account_forms.ReauthenticateCodeForm",
    "activate_totp": "partners.account_forms.ActivateTOTPForm",
    "add_webauthn": "partners.account_forms.AddWebAuthnForm",
    "edit_webauthn": "partners.account_forms.EditWebAuthnForm",
}
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "request_login_code": "20/m/ip,3/m/key",
    "subscribe": "10/h/ip",
}
# Proxies in front: whose address counts.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "Smart Port"
USERSESSIONS_TRACK_ACTIVITY = True
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": env.str("OIDC_NAME", default="ProConnect"),
                    "client_id": required("OIDC_CLIENT_ID"),
                    "secret": required("OIDC_SECRET"),
                    "settings": {"server_url": OIDC_ISSUER},
                }
            ],
        }
    }
    if OIDC_ISSUER
    else {}
)

# --- Security ---------------------------------------------------------------------------------------
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_FAILURE_VIEW = "smartport.views.csrf_failure"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MAP_TILES_URL = env.str("MAP_TILES_URL", default="")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *origin(MAP_TILES_URL)],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *origin(OIDC_ISSUER)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# After which a silent pack builder is given up for dead.
PACK_LEASE_SECONDS = env.int("PACK_LEASE_SECONDS", default=60)
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=25 * 1024 * 1024)

# --- Language, time, files ----------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
FORMAT_MODULE_PATH = "smartport.formats"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
MODELTRANSLATION_DEFAULT_LANGUAGE = "fr"
MODELTRANSLATION_LANGUAGES = ("fr", "en")
MODELTRANSLATION_FALLBACK_LANGUAGES = ("fr", "en")
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Paris"
USE_I18N = USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
# django-leaflet is here for the Leaflet it ships: its app would want GDAL, which no page needs.
STATICFILES_DIRS = [
    BASE_DIR / "static",
    Path(find_spec("leaflet").submodule_search_locations[0]) / "static",
]
# In a trial, files are served straight from the tree; elsewhere by hashed, compressed copies.
WHITENOISE_USE_FINDERS = TRIAL
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "smartport.uploads.Shelf"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TRIAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "smartport.uploads.UploadToDisk",
]

# --- Who publishes (shown on the lawful pages; an empty one reads "not published") -----------------------
LEGAL = {
    "publisher": env.str("LEGAL_PUBLISHER", default=""),
    "director": env.str("LEGAL_DIRECTOR", default=""),
    "host": env.str("LEGAL_HOST", default=""),
    "contact": env.str("LEGAL_CONTACT", default=""),
    "data_officer": env.str("LEGAL_DATA_OFFICER", default=""),
}

# --- API -------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "smartport.api.description.Description",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "smartport.api.access.ExpiringTokens",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["smartport.api.access.WithinScope"],
    "DEFAULT_THROTTLE_CLASSES": [
        "smartport.api.access.AnonymousRate",
        "smartport.api.access.SignedInRate",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anonymous": env.str("API_RATE_ANONYMOUS", default="120/min"),
        "signed_in": env.str("API_RATE_SIGNED_IN", default="600/min"),
    },
    "NUM_PROXIES": env.int("TRUSTED_PROXIES", default=1 if HTTPS else 0),
    "DEFAULT_PARSER_CLASSES": ["smartport.api.parsing.Json"],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "smartport.api.rendering.PageRenderer",
    ],
    "DEFAULT_PAGINATION_CLASS": "smartport.api.paging.KeysetPagination",
    "EXCEPTION_HANDLER": "smartport.api.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = api_schema.DESCRIPTION
REST_KNOX = {"TOKEN_TTL": None, "AUTH_HEADER_PREFIX": "Token", "TOKEN_MODEL": "partners.ApiToken"}
KNOX_TOKEN_MODEL = "partners.ApiToken"

# --- Logs: ids only, never personal data or tokens -------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "smartport.middleware.RequestIdFilter"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id"],
        },
    },
    "loggers": {"pikepdf": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
