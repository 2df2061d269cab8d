from importlib import import_module

from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "activity"

    def ready(self) -> None:
        import_module("activity.receivers")
