"""Registration of the app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OperationsConfig(AppConfig):
    name = "portal.operations"
    label = "operations"
    verbose_name = "运行维护"

    def ready(self) -> None:
        from celery.signals import worker_ready

        from portal.operations import assets, grants, health

        assert assets.check_packages
        worker_ready.connect(health.worker_started, dispatch_uid="operations.worker")
        post_migrate.connect(grants.after_migrate, sender=self, dispatch_uid="operations.grants")
