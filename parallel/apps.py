"""Registration of the app."""

from django.apps import AppConfig


class ParallelConfig(AppConfig):
    name = "parallel"
    label = "parallel"
    verbose_name = "并联审批"
