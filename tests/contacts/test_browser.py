import os

import pytest

from activity.running import run_job
from contacts.models import AttributeDefinition, Contact, Import
from tests.browser import assert_accessible, sign_in
from tests.contacts.factories import make_contact

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PEOPLE = "id,first name,last name,email,class\n1,Jürgen,Müller,jm@example.com,Eco\n2,小伟,王,,Eco\n"
SHOTS = os.environ.get("SHOTS", "")


def shoot(page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def work() -> None:
    imp = Import.objects.get()
    run_job(str(imp.job_id))


def play_import(page, live_server, tmp_path, *, scripts: bool) -> None:
    """Upload, map one column to a new attribute, check, write; htmx or the link moves it on."""
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    page.goto(f"{live_server.url}/imports/new/")
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="Upload the file").click()
    page.get_by_label("class becomes").select_option("new")
    page.get_by_role("checkbox", name="Break down by").locator("visible=true").check()
    shoot(page, f"mapping-{scripts}")
    if scripts:
        assert_accessible(page)
    for step, heading in (("Check the file", "All 2 rows are ready"), ("Write 2 rows", "2 new")):
        page.get_by_role("button", name=step).click()
        page.get_by_role("heading", level=1).wait_for()
        shoot(page, f"run-{scripts}")
        work()
        if not scripts:
            page.get_by_role("link", name="Refresh").click()
        page.get_by_role("heading", name=heading).wait_for()
        shoot(page, f"{heading[:3]}-{scripts}")
        if scripts:
            assert_accessible(page)
    assert AttributeDefinition.objects.get().break_down_by


def test_creates_edits_finds_and_imports_contacts(page, live_server, designer, tmp_path):
    sign_in(page, live_server, designer)
    page.goto(f"{live_server.url}/contacts/")
    assert_accessible(page)
    shoot(page, "empty")
    page.get_by_role("link", name="New contact").click()
    page.get_by_label("E-mail").fill("anna@")
    page.get_by_role("button", name="Save contact").click()
    page.get_by_text("such as anna@example.com").first.wait_for()
    shoot(page, "edit-error")
    assert_accessible(page)
    page.get_by_label("Given name").fill("Anna")
    page.get_by_label("E-mail").fill("anna@example.com")
    page.get_by_role("button", name="Save contact").click()
    page.get_by_role("heading", name="Anna", exact=True).wait_for()
    assert_accessible(page)
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Family name").fill("Koch")
    page.get_by_role("button", name="Save contact").click()
    page.get_by_role("heading", name="Anna Koch").wait_for()
    shoot(page, "detail")

    play_import(page, live_server, tmp_path, scripts=True)

    page.get_by_role("link", name="See them").click()
    page.get_by_label("Name, e-mail or external id").fill("王小")
    page.get_by_label("Name, e-mail or external id").press("Enter")
    page.get_by_role("heading", name="1 contact").wait_for()
    assert "小伟" in page.content()
    assert page.url.endswith("%E7%8E%8B%E5%B0%8F") or "q=" in page.url
    assert_accessible(page)
    page.get_by_role("link", name="Clear all").click()
    shoot(page, "list")
    other = make_contact(display_name="Anna Koch")
    page.goto(f"{live_server.url}/contacts/{Contact.objects.get(given_name='Anna').pk}/merge/")
    page.goto(f"{page.url}?with={other.pk}")
    assert_accessible(page)
    shoot(page, "merge")


def test_imports_without_scripts(plain_page, live_server, designer, tmp_path):
    sign_in(plain_page, live_server, designer)

    play_import(plain_page, live_server, tmp_path, scripts=False)

    assert Contact.objects.count() == 2
