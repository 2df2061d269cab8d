"""Pages for what goes wrong before any view can say so."""

import pytest
from django.urls import reverse

from tests.surveys.asking import make_distribution


def test_tells_whoever_opens_an_address_of_a_button(client, designer):
    url = reverse("surveys:pause", args=[make_distribution(designer).pk])
    client.force_login(designer)
    response = client.get(url)
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "press it there" in response.content.decode()


def test_leads_a_press_after_signing_out_to_that_page_and_does_nothing(client, designer):
    distribution = make_distribution(designer)
    url = reverse("surveys:cancel_distribution", args=[distribution.pk])
    onward = client.post(url).url
    client.force_login(designer)
    assert onward == f"/account/login/?next={url}"
    assert "Nothing was done." in client.get(url).content.decode()
    distribution.refresh_from_db()
    assert distribution.state == "draft"


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_answers_programs_in_short(client, db, method):
    response = getattr(client, method)("/surveys/")
    assert (response.status_code, response.content) == (405, b"")


def test_says_that_too_much_was_sent(client, designer):
    client.force_login(designer)
    body = "&".join(f"a{n}=1" for n in range(3000))
    response = client.post(
        reverse("surveys:new_distribution"), body, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 400
    assert "We could not read what was sent" in response.content.decode()
