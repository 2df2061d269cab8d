import pytest
from django.utils import timezone

from activity.models import Job
from tests.browser import assert_accessible, sign_in
from tests.contacts.factories import make_contact
from tests.surveys.factories import make_survey


def start(client, user) -> str:
    client.force_login(user)
    return client.get("/").content.decode()


def test_leads_with_what_is_so(client, designer, root):
    make_survey(designer, unit=root)
    Job.objects.create(kind="anything", owner=designer, queued_at=timezone.now())
    assert "1 survey is open, 1 job of yours is under way" in start(client, designer)


def test_tells_an_empty_installation_what_to_do_next(client, designer):
    body = start(client, designer)
    assert "No survey is open" in body
    assert "Import your customers" in body


def test_stops_telling_to_import_once_there_are_customers(client, designer, root):
    make_contact(unit=root)
    assert "Import your customers" not in start(client, designer)


def test_asks_an_administrator_to_make_mails_lawful(client, admin, organisation):
    assert "Name the organisation" not in start(client, admin)
    organisation.imprint = ""
    organisation.save()
    assert "Name the organisation" in start(client, admin)


def test_says_to_whoever_holds_no_role_who_can_help(client, stranger):
    body = start(client, stranger)
    assert "You hold no role yet" in body
    assert "Import" not in body


def test_shows_the_first_page_in_few_queries(client, admin, django_assert_max_num_queries):
    client.force_login(admin)
    with django_assert_max_num_queries(14):
        client.get("/")


@pytest.mark.browser
def test_starts_on_a_page_axe_finds_nothing_wrong_with(page, live_server, admin):
    sign_in(page, live_server, admin)
    page.goto(live_server.url)
    assert_accessible(page)
