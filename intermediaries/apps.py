"""Registration of the app."""

from django.apps import AppConfig


class IntermediariesConfig(AppConfig):
    name = "intermediaries"
    label = "intermediaries"
    verbose_name = "中介机构"
