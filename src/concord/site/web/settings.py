"""Django's settings, read from the installation: nothing secret stands here, nothing insecure is a default."""

import os
import secrets
from pathlib import Path

from concord.law import releases
from concord.site.keys.forgetting import ForgetLog
from concord.site.keys.rings import FileRings
from concord.site.pages.security import CSP
from concord.site.signin import limits
from concord.site.stores.config import Config

HERE = Path(__file__).parent

CONCORD = Config.from_environment()
CONCORD_RINGS = FileRings(CONCORD.home.rings)
CONCORD_FORGOTTEN = ForgetLog(CONCORD.home.forgotten_file)  # what no backup may bring back
CONCORD_DEMO = os.environ.get("CONCORD_DEMO") == "1"
CONCORD_TESTING = os.environ.get("CONCORD_TESTING") == "1"
CONCORD_UNWALLED = ("/account/", "/static/", "/healthz", "/today/")  # sign-in and what needs no one signed in
# Who may sign in, and who holds a provider's keys: pages that act for the hub's part and then leave the wall.
CONCORD_SELF_ACTING = ("/people/", "/keys/", "/clients/keeping/everything/")

CONCORD_RELEASE_CAPS = releases.read_caps(os.environ.get("CONCORD_RELEASE_CAPS", ""))  # days a client's release may run
CONCORD_WHEN_OPENED = "concord.site.web.jobs.catch_up"  # a provider's files were opened by its own key

SECRET_KEY = CONCORD.home.secret_file.read_text() if CONCORD.stores else secrets.token_urlsafe(48)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("CONCORD_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
LOCAL_ONLY = os.environ.get("CONCORD_HOSTS") is None  # no host names given: served on this machine only, without TLS

DATABASES = CONCORD.databases()
DATABASE_ROUTERS = ["concord.site.stores.router.StoreRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "concord.site.stores.apps.StoresConfig",
    "concord.site.keys.apps.KeysConfig",
    "concord.site.signin.apps.SigninConfig",  # before allauth: its templates stand in for allauth's
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "concord.site.accounts.apps.AccountsConfig",
    "concord.site.pages.apps.PagesConfig",
    "concord.site.services.apps.ServicesConfig",
    "concord.site.bridge.apps.BridgeConfig",
    "concord.site.justice.apps.JusticeConfig",
    "concord.site.collaboration.apps.CollaborationConfig",
    "concord.site.reporting.apps.ReportingConfig",
    "concord.site.study.apps.StudyConfig",
    *(["concord.site.demo.apps.DemoConfig"] if CONCORD_DEMO else []),
    "concord.site.web.apps.WebConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    *([] if CONCORD_TESTING else ["whitenoise.middleware.WhiteNoiseMiddleware"]),
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "concord.site.signin.middleware.SignInMiddleware",
    *(["concord.site.demo.footsteps.FootstepsMiddleware"] if CONCORD_DEMO else []),
    "concord.site.accounts.middleware.ActingMiddleware",
]

ROOT_URLCONF = "concord.site.web.urls"
WSGI_APPLICATION = "concord.site.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "concord.site.web.frame.frame",
            ]
        },
    }
]

AUTH_USER_MODEL = "signin.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [  # CJIS IA-5: 8 is the least; the list of common passwords comes with Django, offline
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ("email", "name")}},
]

ACCOUNT_ADAPTER = "concord.site.signin.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # whoever invites has passed the link on by hand
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_RATE_LIMITS = False  # kept in each process's memory; axes counts in the database, for each address
ACCOUNT_FORMS = {
    "login": "concord.site.signin.forms.LoginForm",
    "reauthenticate": "concord.site.signin.forms.ReauthenticateForm",
    "change_password": "concord.site.signin.forms.ChangePasswordForm",
}
MFA_ADAPTER = "concord.site.signin.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL_ONLY
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Concord"
MFA_TOTP_TOLERANCE = 1  # phones' clocks differ by half a minute
MFA_FORMS = {
    "authenticate": "concord.site.signin.forms.AuthenticateForm",
    "reauthenticate": "concord.site.signin.forms.ReauthenticateCodeForm",
    "activate_totp": "concord.site.signin.forms.ActivateTOTPForm",
    "deactivate_totp": "concord.site.signin.forms.DeactivateTOTPForm",
    "add_webauthn": "concord.site.signin.forms.AddWebAuthnForm",
    "edit_webauthn": "concord.site.signin.forms.EditWebAuthnForm",
    "generate_recovery_codes": "concord.site.signin.forms.RecoveryCodesForm",
}

AXES_FAILURE_LIMIT = limits.FAILURES
AXES_COOLOFF_TIME = None  # a person releases (CJIS AC-7)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_CALLABLE = "concord.site.signin.locks.name_of"
AXES_LOCKOUT_CALLABLE = "concord.site.signin.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_SENSITIVE_PARAMETERS = ["code", "credential", "csrfmiddlewaretoken", "oldpassword", "again"]
AXES_VERBOSE = False

SECURE_CSP = CSP
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "concord.site.signin.sessions"
SESSION_COOKIE_AGE = limits.SESSION_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"  # a session would carry words out of a store
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL_ONLY
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "concord.site.pages.views.csrf_failure"
if not LOCAL_ONLY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English"), ("es", "Español")]
TIME_ZONE = os.environ.get("CONCORD_TIME_ZONE", "America/Chicago")
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# An upload waits in memory, never in a temporary file: what it holds must not be left on a disk.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024

# Ids and verbs only: no SQL, no parameters, no request bodies, no tracebacks with local values.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,  # it would silence Django's own, which tells what failed on a page
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "formatters": {"line": {"()": "concord.site.web.logs.QuietFormatter"}},
    # What fails outside Django's own handling (a module that is missing) is the web server's to tell, as briefly.
    "loggers": {
        "gunicorn.error": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django": {"handlers": [], "level": "ERROR"},  # a page that is refused is for the audit chain, not for the log
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
