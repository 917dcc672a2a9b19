"""The sandbox as an application of its own project."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "sandbox"
    verbose_name = "Sistemas de práctica"
