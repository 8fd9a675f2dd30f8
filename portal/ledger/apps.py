from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "portal.ledger"
    label = "ledger"
    verbose_name = "办事留痕账本"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portal.ledger import nightly, sequencing
        from portal.outbox import sweepers
        from portal.web import checks

        sweepers.register("ledger", sequencing.sequence)
        checks.register("ledger", "存证", nightly.check)
