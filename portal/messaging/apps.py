from importlib import import_module

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "portal.messaging"
    label = "messaging"
    verbose_name = "消息"

    def ready(self) -> None:
        import_module("portal.messaging.jobs")  # registers the outbox handler
