from importlib import import_module

from django.apps import AppConfig
from django.conf import settings


class ActivityConfig(AppConfig):
    name = "activity"

    def ready(self) -> None:
        # Tasks named by shared_task go to no broker of ours until the app that has one is there.
        import_module(settings.CELERY_APP)
        import_module("activity.receivers")
