"""The demonstration as it serves, with short leases, quick sweeps, and the mutant that the environment names."""

from portal.settings.development import *
from portal.settings.development import CELERY_BEAT_SCHEDULE, INSTALLED_APPS

# First, so that its small city takes the place of the large one; last, what breaks what all others have registered.
INSTALLED_APPS = ["tests.chaos", *INSTALLED_APPS, "tests.chaos.mutants"]
CELERY_BEAT_SCHEDULE = CELERY_BEAT_SCHEDULE | {
    "outbox": CELERY_BEAT_SCHEDULE["outbox"] | {"schedule": 1.0, "options": {"expires": 1}},
    "sweepers": CELERY_BEAT_SCHEDULE["sweepers"] | {"schedule": 5.0, "options": {"expires": 5}},
}
