from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "portal.ledger"
    label = "ledger"
    verbose_name = "办事留痕账本"
    default_auto_field = "django.db.models.BigAutoField"
