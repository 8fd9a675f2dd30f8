from importlib import import_module

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "portal.messaging"
    label = "messaging"
    verbose_name = "消息"

    def ready(self) -> None:
        from portal.messaging import personal_data
        from portal.outbox import sweepers

        import_module("portal.messaging.jobs")  # registers the outbox handler
        personal_data.register_all()
        sweepers.register("retention.messages", personal_data.sweep)
