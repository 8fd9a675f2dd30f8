"""The room of verifiable random selection."""

from django.apps import AppConfig


class DrawConfig(AppConfig):
    name = "portal.draw"
    label = "draw"
    verbose_name = "随机抽取"
