"""Tests: the embedded servers under DATA_DIR (default .data/test), cheap passwords, no manifest."""

import datetime as dt
import os

from portal.settings.environment import BASE_DIR

os.environ.setdefault("DATA_DIR", str(BASE_DIR / ".data" / "test"))

from portal.embedded.layout import Layout
from portal.settings.base import *
from portal.settings.base import (
    CACHES,
    DATA_DIR,
    ENVIRONMENT,
    INSTALLED_APPS,
    STORAGES,
    TEMPLATES,
    database_settings,
)

if not ENVIRONMENT.database_url:
    Layout.of(DATA_DIR).ensure_secrets()
DATABASES = {"default": database_settings(DATA_DIR, ENVIRONMENT.database_url)}
DEMONSTRATION = True
ORGANISATION_AS_OF = ENVIRONMENT.organisation_as_of or dt.date(2015, 7, 25)
TESTING = True
INSTALLED_APPS += ["portal.demonstration"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
TEMPLATES[0]["OPTIONS"]["debug"] = True
