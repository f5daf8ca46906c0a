"""Django settings, read from the environment (every variable: docs/configuration.md)."""

from __future__ import annotations

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from config import embedded
from config.accounts_settings import *  # noqa: F403
from config.celery_settings import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# Production is asked for with DEBUG=false, or by naming a database; anything else is a local checkout
# that brings its own servers and its own secrets.
PRODUCTION = not env.bool("DEBUG", default="DATABASE_URL" not in env.ENVIRON)
REQUIRED_IN_PRODUCTION = (
    "SECRET_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "ALLOWED_HOSTS",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "MEDIA_ROOT",
    "TIME_ZONE",
    "BASE_URL",
)
if PRODUCTION and (missing := [name for name in REQUIRED_IN_PRODUCTION if not env.ENVIRON.get(name)]):
    raise ImproperlyConfigured(f"not set in the environment: {', '.join(missing)}")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or embedded.local_secret()
# What seals the secrets of channels, the newest key first (manage.py rotate_secrets).
SECRETS_KEYS = env.list("SECRETS_KEY", default=[] if PRODUCTION else [embedded.local_key()])
# What channels may call: addresses of the public internet, and what is named here. The vendors' own are
# other than these where an office's messenger runs in its own house.
OUTGOING_ALLOWED = env.list("OUTGOING_ALLOWED", default=[])
VENDORS = {
    "wecom": "https://qyapi.weixin.qq.com",
    "dingtalk": "https://oapi.dingtalk.com",
    "feishu": "https://open.feishu.cn",
    "lark": "https://open.larksuite.com",
    **env.dict("VENDORS", default={}),
}
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "config.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "heroicons",
    "rules.apps.AutodiscoverRulesConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "viewflow",
    "viewflow.workflow",
    "config.apps.ConfigConfig",
    "workflow.apps.WorkflowConfig",
    "nodes.apps.NodesConfig",
    "approvals.apps.ApprovalsConfig",
    "notifications.apps.NotificationsConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.web.content_security",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.web.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.web.LogInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.accounts.second_factor.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.web.OfficeMiddleware",
    "config.web.RefusalMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.web.shell",
            ],
        },
    },
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {"default": env.db_url_config(env.str("DATABASE_URL", default="") or embedded.database_url())}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = 60
# Only what goes through `workflow/prepared.py` is prepared; a pooler in between has to know of that.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("prepare_threshold", 1)
REDIS_URL = env.str("REDIS_URL", default="") or embedded.redis_url()
CELERY_BROKER_URL = REDIS_URL

METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # what /metrics asks for; without one it is not there
PULSE_EVERY = env.int("PULSE_EVERY", default=5)  # seconds between two questions of an open page

# "near" is what may be forgotten at any time, kept in each process: it costs no connection and cannot be
# down. "default" is what all processes must agree on, such as failed log-ins, in the database for the same
# reasons.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "jiedian_cache"},
    "near": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "near"},
}

CSRF_FAILURE_VIEW = "config.web.csrf_failure"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Shanghai")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / ".jiedian" / "static"
STATICFILES_FINDERS = ["config.static_files.OwnFinder"]
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / ".jiedian" / "media"))()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION

# A local checkout has no mail server: what would have gone out lies as files under .jiedian/mail.
_email = env.email_url_config(env.str("EMAIL_URL", default=f"filemail:///{BASE_DIR / '.jiedian' / 'mail'}"))
vars().update(_email)
EMAIL_TIMEOUT = 10
PASSWORD_RESET_OFFERED = bool(env.str("EMAIL_URL", default=""))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="jiedian@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Whose failed log-ins are counted together: the visitor's address as the proxies in front tell it.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1 if PRODUCTION else 0)
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [BASE_URL]

FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # rolling over asks three things of each node, of 5,000 in a year

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}

UNFOLD = {
    "SITE_TITLE": gettext_lazy("Jiedian"),
    "SITE_HEADER": gettext_lazy("Jiedian"),
    "SITE_SUBHEADER": gettext_lazy("Administration"),
    "SITE_ICON": lambda request: static("icon.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("icon.svg")}],
    "STYLES": [lambda request: static("css/administration.css")],
    "SHOW_VIEW_ON_SITE": False,
    "THEME": lambda request: import_string("config.web.theme_of")(request),
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "primary": {
            "50": "#f1f5f9",
            "100": "#e1ebf4",
            "200": "#c3d6e8",
            "300": "#94c0ea",
            "400": "#7fb0dc",
            "500": "#5f93c4",
            "600": "#1f4e79",
            "700": "#1a4267",
            "800": "#163655",
            "900": "#122b43",
            "950": "#0c1d2e",
        }
    },
}
