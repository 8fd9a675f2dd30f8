"""A developer's machine, and the demonstration that `make run` starts."""

import datetime as dt

from portal.settings.base import *
from portal.settings.base import ENVIRONMENT, INSTALLED_APPS, STORAGES

ORGANISATION_AS_OF = ENVIRONMENT.organisation_as_of or dt.date(2015, 7, 25)
DEMONSTRATION = ENVIRONMENT.demonstration != "0"
if DEMONSTRATION:
    INSTALLED_APPS += ["portal.demonstration"]
if ENVIRONMENT.debug:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
