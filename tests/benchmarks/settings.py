"""The portal as it serves, without the demonstration, and with one address more: the view that pages are divided by."""

from portal.settings.development import *
from portal.settings.development import INSTALLED_APPS

INSTALLED_APPS += ["tests.benchmarks"]
ROOT_URLCONF = "tests.benchmarks.urls"
