"""What pages are built from, as Django knows it."""

from django.apps import AppConfig


class ScreensConfig(AppConfig):
    name = "screens"
