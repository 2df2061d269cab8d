"""The whole of the sample data in one transaction: there, or not there."""

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, transaction

from accounts.models import Organisation, User
from activity.models import Upload
from activity.services import record_event
from cxplatform.demo import asking, customers, mapping, numbers, places, staff, surveying, waves
from cxplatform.demo.scene import Scene
from surveys.models import Response

# One load at a time; any fixed number.
LOCK = 0xC0DE_A112
LABELS = (
    "accounts",
    "activity",
    "contacts",
    "surveys",
    "journeys",
    "metrics",
    "coalition",
    "sessions",
    "account",
    "mfa",
)
# Of what the demo holds, these are read by counts and joins before autovacuum comes round.
ANALYSE = (
    "contacts_contact",
    "surveys_invitation",
    "surveys_response",
    "surveys_answercount",
    "metrics_observation",
    "metrics_cell",
)


class OtherDataHere(Exception):
    """The database holds an organisation of its own."""


def is_loaded() -> bool:
    """Whether the sample data stand; raises OtherDataHere where other data do."""
    if User.objects.filter(email="designer@cx.example").exists() and Organisation.objects.exists():
        return True
    if Organisation.objects.exists() or Response.objects.exists():
        raise OtherDataHere
    return False


@transaction.atomic
def load(scene: Scene, *, fresh: bool = False) -> bool:
    """Write the sample data, `fresh` over those of an earlier load; False where they stood already.

    Raises OtherDataHere. Killed in between, it leaves what was there before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if is_loaded():
        if not fresh:
            return False
        empty()
    write(scene)
    return True


def write(scene: Scene) -> None:
    organisation = places.make_organisation(scene)
    units = places.make_places(scene)
    people = staff.make_staff(scene, units)
    designer = people["designer"]
    customers.define_attributes(scene)
    contacts = customers.make_people(scene, units)
    surveys = surveying.make_surveys(scene, units, designer)
    rounds = waves.make_waves(scene, surveys, designer)
    asking.play(scene, contacts, rounds)
    customers.write_permissions(scene, contacts)
    numbers.make_metrics(scene, units, surveys, people)
    mapping.make_journey(scene, units, surveys, people)
    numbers.fold_all()
    record_event(organisation, verb="demo.loaded", actor=None, label=organisation.name)
    _analyse()


def empty() -> None:
    """Everything out of our tables, the trail included; only ever for the demo's own database."""
    models = [model for label in LABELS for model in apps.get_app_config(label).get_models()]
    tables = [connection.ops.quote_name(model._meta.db_table) for model in models]
    names = list(Upload.objects.exclude(file="").values_list("file", flat=True))
    transaction.on_commit(lambda: _delete_files(names))
    with connection.cursor() as cursor:
        # Checks still due would stand in the way of changing the tables.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _delete_files(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _analyse() -> None:
    with connection.cursor() as cursor:
        for table in ANALYSE:
            cursor.execute(f"ANALYZE {table}")
