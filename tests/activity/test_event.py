import pytest
from django.db import DatabaseError, connection, transaction

from activity.models import Event
from activity.services import record_event


@pytest.fixture
def event(admin, root) -> Event:
    return record_event(root, verb="renamed", actor=admin, data={"fields": ["name"]})


def refused(statement: str) -> str:
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    return str(caught.value)


@pytest.mark.parametrize(
    "statement", ["UPDATE activity_event SET verb = 'x'", "DELETE FROM activity_event"]
)
def test_refuses_to_change_the_trail(event, statement):
    assert "append-only" in refused(statement)
    assert Event.objects.get().verb == "renamed"


def test_refuses_to_empty_the_trail(event):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # Switched off for the other tests, which empty every table after them.
        cursor.execute("ALTER TABLE activity_event ENABLE TRIGGER event_never_truncated")
    assert "append-only" in refused("TRUNCATE activity_event")


def test_refuses_changes_made_through_the_model_too(event):
    event.verb = "other"
    with pytest.raises(DatabaseError), transaction.atomic():
        event.save()


def test_outlives_the_person_it_names(event, admin):
    pk = admin.pk
    admin.delete()
    assert Event.objects.get().actor_id == pk
