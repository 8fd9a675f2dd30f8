"""Registration of the app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OperationsConfig(AppConfig):
    name = "portal.operations"
    label = "operations"
    verbose_name = "运行维护"

    def ready(self) -> None:
        from celery.signals import worker_ready

        from portal import celery
        from portal.accounts.permissions import AccountsPermission
        from portal.operations import assets, grants, health
        from portal.operations.backup import nightly
        from portal.operations.permissions import OperationsPermission, register_permissions
        from portal.operations.watch import alarms, backups, readings
        from portal.outbox import sweepers
        from portal.web import desks

        # Without our Celery application every process but the worker would send its wake-ups to a broker of nobody's.
        assert celery.app is not None
        assert assets.check_packages
        register_permissions()
        desks.register("operations:overview", [OperationsPermission.VIEW_OPERATIONS])
        organising = [AccountsPermission.MANAGE_ROLES, AccountsPermission.MANAGE_STAFF]
        desks.register("operations:staff_list", organising, rank=desks.CARE + 1)
        sweepers.register("operations_sweep_seen", readings.note_sweep)
        sweepers.register("operations_alarms", alarms.check)
        readings.watch(backups.backup)
        sweepers.register("operations_backup", nightly.sweep_due)
        sweepers.register("operations_backup_files", nightly.sweep_follow)
        worker_ready.connect(health.worker_started, dispatch_uid="operations.worker")
        post_migrate.connect(grants.after_migrate, sender=self, dispatch_uid="operations.grants")
