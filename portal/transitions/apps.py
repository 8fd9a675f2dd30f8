from django.apps import AppConfig


class TransitionsConfig(AppConfig):
    name = "portal.transitions"
    label = "transitions"
    verbose_name = "办理流程引擎"
    default_auto_field = "django.db.models.BigAutoField"
