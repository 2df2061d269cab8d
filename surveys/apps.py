from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        from contacts.imports.targets import register
        from surveys.following import follow_contacts
        from surveys.importing.target import ResponsesTarget

        register(ResponsesTarget())
        follow_contacts()
