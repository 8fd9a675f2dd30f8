from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "supervision"
    label = "supervision"
    verbose_name = "电子监察"

    def ready(self) -> None:
        from applications import hooks
        from portal.outbox.registry import handler
        from portal.web import checks
        from supervision import nightly, services

        handler(services.TELL, label="监察提醒")(services.tell)
        if services.record_signals not in hooks.level_changed:
            hooks.level_changed.append(services.record_signals)
        checks.register("signals", "监察信号", nightly.check)
