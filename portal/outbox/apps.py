from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "portal.outbox"
    label = "outbox"
    verbose_name = "提交后任务"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portal.outbox import nightly, retention, services, sweepers
        from portal.web import checks

        sweepers.register("outbox", services.run_due)
        sweepers.register("outbox_dead", services.bury_exhausted)
        sweepers.register("retention.jobs", retention.sweep)
        checks.register("outbox", "提交后任务", nightly.check)
