from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        from contacts import jobs  # noqa: F401  registers the kinds of jobs
        from contacts.imports import people, targets

        targets.register(people.ContactsTarget())
