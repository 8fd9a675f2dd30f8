from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "portal.web"
    label = "web"
    verbose_name = "网页基础"
    default_auto_field = "django.db.models.BigAutoField"
