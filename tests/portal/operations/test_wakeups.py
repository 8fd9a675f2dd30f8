"""Where wake-ups go."""

from django.conf import settings

from portal.outbox.tasks import run_outbox


def test_every_process_of_the_portal_sends_wakeups_to_the_portals_own_broker() -> None:
    assert run_outbox.app.main == "portal"
    assert run_outbox.app.conf.broker_url == settings.CELERY_BROKER_URL
