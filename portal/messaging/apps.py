from importlib import import_module

from django.apps import AppConfig
from django.conf import settings


class MessagingConfig(AppConfig):
    name = "portal.messaging"
    label = "messaging"
    verbose_name = "消息"

    def ready(self) -> None:
        from portal.messaging import personal_data
        from portal.outbox import sweepers

        import_module("portal.messaging.jobs")  # registers the outbox handler
        from portal.accounts import hooks
        from portal.messaging.services import tell

        if tell not in hooks.inboxes:
            hooks.inboxes.append(tell)
        if settings.SMS_URL:
            from portal.messaging.gateway import HttpGateway

            hooks.sms_channels.append(HttpGateway(settings.SMS_URL).send)
        personal_data.register_all()
        sweepers.register("retention.messages", personal_data.sweep)
