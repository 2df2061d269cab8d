from pathlib import Path

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from cxplatform.launch import servers
from cxplatform.settings import env

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = Path(env.text("CX_VAR", str(ROOT / "var")))

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
# What strangers hold is signed with these, apart from SECRET_KEY so that each can be rotated alone.
LINK_KEYS: dict[int, str] = env.keys("LINK_KEYS")
SITE_URL = env.site("SITE_URL", "http://127.0.0.1:8000")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0, high=10)

# --- servers -----------------------------------------------------------
DATABASE_URL = env.text("DATABASE_URL")
REDIS_URL = env.text("REDIS_URL")
if not (DATABASE_URL and REDIS_URL):
    _embedded = servers.locate(VAR)
    DATABASE_URL = DATABASE_URL or _embedded.database_url
    REDIS_URL = REDIS_URL or _embedded.redis_url

# Three numbered databases in a row: Celery, RQ, cache.
REDIS_URL = env.redis(REDIS_URL)
REDIS_FIRST = env.redis_first(REDIS_URL)

DATABASES = {"default": env.database(DATABASE_URL)}
DATABASES["default"]["CONN_MAX_AGE"] = 600
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.redis_database(REDIS_URL, REDIS_FIRST + 2),
        "TIMEOUT": 300,
        "KEY_PREFIX": "cx",
    }
}

CELERY_APP = "cxplatform.celery"
CELERY_BROKER_URL = env.broker(REDIS_URL, REDIS_FIRST)
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_max": 0.2}
CELERY_TIMEZONE = "UTC"

RQ_QUEUES = {
    "default": {
        "URL": env.redis_database(REDIS_URL, REDIS_FIRST + 1),
        "DEFAULT_TIMEOUT": 3600,
        "SERIALIZER": "rq.serializers.JSONSerializer",
    }
}
RQ = {"COMMIT_MODE": "on_db_commit", "WORKER_CLASS": "activity.workers.WatchedWorker"}
RQ_SHOW_ADMIN_LINK = False

API_PER_MINUTE = env.number("API_PER_MINUTE", 600, low=1)
API_STRANGERS_PER_MINUTE = env.number("API_STRANGERS_PER_MINUTE", 60, low=1)

SMTP_URL = env.text("SMTP_URL", "smtp://127.0.0.1:2525")
MAILERS = {"default": env.mailer(SMTP_URL)}
DEFAULT_FROM_EMAIL = env.sender("DEFAULT_FROM_EMAIL", "CXplatform <cx@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- applications -----------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_rq",
    "accounts",
    "activity",
    "contacts",
    "surveys",
    "journeys",
    "metrics",
    "coalition",
    "integrations",
    "cxplatform.demo",
]

MIDDLEWARE = [
    "cxplatform.shared.middleware.probes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cxplatform.shared.middleware.page_methods",
    "cxplatform.shared.middleware.stranger_pages",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.own_language",
    "accounts.middleware.demand_second_factor",
    "cxplatform.shared.middleware.pages_for_buttons",
    "cxplatform.shared.middleware.request_id",
]

ROOT_URLCONF = "cxplatform.urls"
WSGI_APPLICATION = "cxplatform.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.shell",
            ],
        },
    }
]
FORM_RENDERER = "cxplatform.shared.forms.Renderer"

# --- people -----------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
# Whoever may send, release, export or grant sets up a second factor before going on.
REQUIRE_SECOND_FACTOR = False
MFA_TOTP_ISSUER = "CXplatform"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- language and time -----------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("de", _("German")),
    ("zh-hans", _("Simplified Chinese")),
    ("ms", _("Malay")),
]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
# A day is a day in this zone, for every number; a command rebuilds them when it changes.
TIME_ZONE = env.zone("TIME_ZONE", "UTC")

# --- files -----------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "cxplatform" / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "cxplatform.shared.staticfinder.NodeFinder",
]
NODE_MODULES = ROOT / "node_modules"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR / "files", "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "cxplatform.shared.storage.StaticStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_PERMISSIONS = 0o600

# --- safety -----------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SILENCED_SYSTEM_CHECKS: list[str] = []

# --- product -----------------------------------------------------------
MAILBOX_DIR: Path | None = None
DEMO_SECRET_KEY = "demo-only-secret-key-never-use-it-in-production-0123456789"  # noqa: S105
DEMO_PASSWORD = "demo"  # noqa: S105
# Above this many recipients a sender proves who they are again.
SEND_REAUTHENTICATE_ABOVE = env.number("SEND_REAUTHENTICATE_ABOVE", 500, low=0)
# Nobody is asked about the same survey again within so many days.
ASK_AGAIN_AFTER_DAYS = env.number("ASK_AGAIN_AFTER_DAYS", 30, low=0)
# A worker takes so many messages at a time, and holds them so long without a sign of life.
SEND_BATCH = env.number("SEND_BATCH", 50, low=1, high=1000)
SEND_LEASE_SECONDS = env.number("SEND_LEASE_SECONDS", 180, low=1)
# Batches under way at once, and messages a minute over all of them (0: as fast as it goes).
SEND_PARALLEL = env.number("SEND_PARALLEL", 2, low=1, high=64)
SEND_PER_MINUTE = env.number("SEND_PER_MINUTE", 0, low=0)
# Tells a copy of the database's files from the original, where both run on the same machine.
INSTALLATION_ID = env.text("INSTALLATION_ID")
UPLOAD_MAX_MB = env.number("UPLOAD_MAX_MB", 200, low=1)
UPLOAD_KEEP_DAYS = env.number("UPLOAD_KEEP_DAYS", 30, low=1)
INVITATION_KEEP_DAYS = env.number("INVITATION_KEEP_DAYS", 90, low=1)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"secrets": {"()": "cxplatform.shared.logs.HideLinkTokens"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["secrets"],
        }
    },
    "root": {"handlers": ["console"], "level": env.log_level("LOG_LEVEL", "INFO")},
}
