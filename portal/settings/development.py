"""A developer's machine, and the demonstration that `make run` starts."""

from portal.settings.base import *
from portal.settings.base import ENVIRONMENT, INSTALLED_APPS, STORAGES, _existing

DEMONSTRATION = ENVIRONMENT.demonstration != "0"
if DEMONSTRATION:
    INSTALLED_APPS += _existing("portal.demonstration")
if ENVIRONMENT.debug:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
