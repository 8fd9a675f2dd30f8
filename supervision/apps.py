from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "supervision"
    label = "supervision"
    verbose_name = "电子监察"

    def ready(self) -> None:
        from applications import hooks
        from portal.outbox.registry import handler
        from supervision import services

        handler(services.TELL)(services.tell)
        if services.record_signals not in hooks.level_changed:
            hooks.level_changed.append(services.record_signals)
