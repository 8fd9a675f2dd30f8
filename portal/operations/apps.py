"""Registration of the app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OperationsConfig(AppConfig):
    name = "portal.operations"
    label = "operations"
    verbose_name = "运行维护"

    def ready(self) -> None:
        from portal.operations import assets, grants

        assert assets.check_packages
        post_migrate.connect(grants.after_migrate, sender=self, dispatch_uid="operations.grants")
