from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "portal.search"
    label = "search"
    verbose_name = "中文检索"
    default_auto_field = "django.db.models.BigAutoField"
