"""Settings that hold everywhere."""

import sys
from pathlib import Path
from typing import Any

from portal.embedded.addresses import database_settings, redis_urls
from portal.embedded.layout import Layout
from portal.settings import environment
from portal.settings.logging import logging_settings
from portal.settings.schedule import *
from portal.settings.security import *
from portal.settings.signin import *

try:
    ENVIRONMENT = environment.read()
except environment.EnvironmentFault as fault:
    sys.exit(str(fault))

BASE_DIR = environment.BASE_DIR
DATA_DIR = ENVIRONMENT.data_dir
KEYS_DIR = DATA_DIR / "keys"
FILES_DIR = DATA_DIR / "files"
SENT_DIR = DATA_DIR / "sent"
BACKUP_DIR = ENVIRONMENT.backup_dir or Layout.of(DATA_DIR).backups
CLAMD_ADDRESS = ENVIRONMENT.clamd_address
# Where the process listens that alone holds the keys of signatures.
SIGNER_SOCKET = ENVIRONMENT.signer_socket or Layout.of(DATA_DIR).signer_socket
PUBLIC_URL = (ENVIRONMENT.public_url or f"http://127.0.0.1:{ENVIRONMENT.port}").rstrip("/")

# Who signs the heads of the ledger: a class like portal.ledger.signing.Signer.
LEDGER_SIGNER = "portal.ledger.signing.FileSigner"
SECRET_KEY = ENVIRONMENT.secret_key or environment.DEVELOPMENT_SECRET_KEY
DEBUG = ENVIRONMENT.debug
DEMONSTRATION = False
TESTING = False
# None: the organisation of today. The demonstration shows that of the plan, 2015.
ORGANISATION_AS_OF = ENVIRONMENT.organisation_as_of
ITEM_REPORT_DAYS = ENVIRONMENT.item_report_days
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
CSRF_FAILURE_VIEW = "portal.web.views.errors.csrf_failure"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- applications, in the order of the layers -----------------------------------------------------


OUR_APPS = [
    "portal.web",
    "portal.privacy",
    "portal.search",
    "portal.workdays",
    "portal.draw",
    "portal.outbox",
    "portal.ledger",
    "portal.organizations",
    "portal.accounts",
    "portal.transitions",
    "portal.files",
    "portal.messaging",
    "portal.readings",
    "portal.exchange",
    "portal.documents",
    "portal.certificates",
    "catalog",
    "applications",
    "parallel",
    "intermediaries",
    "supervision",
    "disclosure",
    "portal.operations",
]
INSTALLED_APPS = [
    *OUR_APPS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "guardian",
    "simple_history",
    "django_htmx",
    "django_filters",
    "import_export",
    "csp",
    "ninja",
    "django_prometheus",
    "django_structlog",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    # Outside of everything that may answer by itself: static files, redirects to https, a refused host name.
    "portal.web.middleware.SecurityHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.operations.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.web.middleware.ElderMiddleware",
    "portal.web.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.web.middleware.DomainErrorMiddleware",
    "portal.web.middleware.ActorMiddleware",
    "portal.accounts.middleware.SessionLifeMiddleware",
    "portal.web.middleware.AccessMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "portal.web.context_processors.page",
                "portal.messaging.context_processors.inbox",
            ]
        },
    }
]
FORM_RENDERER = "portal.web.drawing.DirectRenderer"
INSTALLED_APPS.append("django.forms")

# --- language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- database, cache, queue -----------------------------------------------------------------------

DATABASES = {"default": database_settings(DATA_DIR, ENVIRONMENT.database_url)}
# Kept apart: set-up connects as the owner and grants to this role.
APPLICATION_DATABASE_ROLE: str = DATABASES["default"]["USER"]
_cache_url, _broker_url = redis_urls(DATA_DIR, ENVIRONMENT.redis_url)
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "portal.operations.cache.FallbackRedisCache",
        "LOCATION": _cache_url,
        "KEY_PREFIX": "portal",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
    }
}
CELERY_BROKER_URL = _broker_url
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_DEFAULT_QUEUE = "portal"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
    "global_keyprefix": "portal:",
}
CELERY_TIMEZONE = TIME_ZONE

# --- assets ---------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [path for path in [BASE_DIR / "static"] if path.is_dir()]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "portal.operations.assets.PackageFinder",
]
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_DIR}},
    "staticfiles": {"BACKEND": "portal.operations.assets.RememberingStorage"},
}
WHITENOISE_MAX_AGE = 3600

# --- mail, logs -----------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = ENVIRONMENT.email_from
KEY_SERVICE_URL = ENVIRONMENT.key_service_url
KEY_SERVICE_TOKEN = ENVIRONMENT.key_service_token
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = SENT_DIR
if ENVIRONMENT.email_url.startswith("smtp"):
    from urllib.parse import unquote, urlsplit

    _mail = urlsplit(ENVIRONMENT.email_url)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail.hostname or "localhost"
    EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 25)
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_TIMEOUT = 10

# Where text messages go while there is no gateway; production has no such folder.
SMS_FOLDER: Path | None = SENT_DIR
SMS_URL = ENVIRONMENT.sms_url
ALARM_EMAILS = ENVIRONMENT.alarm_emails
METRICS_TOKEN = ENVIRONMENT.metrics_token
SECURITY_CONTACT = ENVIRONMENT.security_contact
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.trusted_proxy_count
LOGGING_CONFIG = None
logging_settings(ENVIRONMENT.log_level)
PROMETHEUS_EXPORT_MIGRATIONS = False
IMPORT_EXPORT_USE_TRANSACTIONS = True
HTMX_CONFIG = {"includeIndicatorStyles": False, "allowEval": False, "selfRequestsOnly": True}
