import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Organisation
from activity.installation import current_fingerprint, may_send, pause_all, resume_all
from activity.models import Event
from surveys.services.sweeping import due
from tests.surveys.asking import launched
from tests.surveys.test_sending import send_all, states

pytestmark = pytest.mark.django_db


def test_a_new_installation_notes_where_it_is(organisation):
    assert may_send()
    organisation.refresh_from_db()
    assert organisation.fingerprint == current_fingerprint()
    assert may_send()


def test_a_database_from_elsewhere_sends_nothing_until_it_is_released(sink, designer, admin):
    Organisation.objects.update(fingerprint="of another server")
    distribution = launched(designer, 2)
    send_all(distribution)
    assert (len(sink.taken), due()) == (0, [])
    organisation = Organisation.objects.get()
    assert "restored or copied" in organisation.sending_paused_reason
    assert Event.objects.get(verb="sending_paused").actor is None
    resume_all(by=admin)
    send_all(distribution)
    assert states(distribution) == {"sent": 2}
    assert Event.objects.get(verb="sending_resumed").data == {"moved": True}


def test_installation_id_tells_copied_files_apart(organisation, settings):
    assert may_send()
    settings.INSTALLATION_ID = "standby"
    assert not may_send()


def test_stopping_twice_keeps_the_first_reason(organisation, admin):
    pause_all(by=admin, reason="Complaints about the October wave")
    pause_all(by=admin)
    organisation.refresh_from_db()
    assert organisation.sending_paused_reason == "Complaints about the October wave"
    assert Event.objects.filter(verb="sending_paused").count() == 1


def test_an_ordinary_database_user_can_tell_where_it_is(organisation):
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE nobody_special")
        cursor.execute("SET LOCAL ROLE nobody_special")
        try:
            assert len(current_fingerprint()) == 64
        finally:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP ROLE nobody_special")


def test_only_administrators_find_the_switch_and_everybody_sees_that_it_is_off(
    client, designer, admin
):
    launched(designer, 1)
    client.force_login(admin)
    client.post(reverse("surveys:stop_sending"))
    assert b"All sending is stopped" in client.get(reverse("surveys:sending")).content
    client.force_login(designer)
    page = client.get(reverse("surveys:distributions"))
    assert b"All sending is stopped" in page.content
    assert b"An administrator can release it" in page.content
    client.force_login(admin)
    client.post(reverse("surveys:release_sending"))
    assert Organisation.objects.get().sending_paused_at is None
