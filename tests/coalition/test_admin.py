"""What Django admin shows of the coalition, and what it keeps back."""

from django.urls import reverse

from coalition.models import LogEntry, Vote
from tests.coalition.factories import make_council, make_leaders, vote, voting


def test_shows_administrators_who_voted_and_not_how(client, admin, employee, root):
    [ida] = make_leaders(root, "ida")
    make_council(ida)
    made = voting(employee, by=ida)
    vote(made, no=ida)
    client.force_login(admin)
    cast = Vote.objects.get()
    for url in (
        reverse("admin:coalition_vote_changelist"),
        reverse("admin:coalition_vote_change", args=[cast.pk]),
    ):
        page = client.get(url).content.decode()
        assert client.get(url).status_code == 200
        assert "I say no" not in page
        assert "Against" not in page
        assert cast.salt not in page


def test_keeps_the_log_from_being_changed(client, admin, employee, root):
    [ida] = make_leaders(root, "ida")
    make_council(ida)
    voting(employee, by=ida)
    client.force_login(admin)
    url = reverse("admin:coalition_logentry_change", args=[LogEntry.objects.earliest("pk").pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"text": "x"}).status_code == 403
    assert client.post(url.replace("change", "delete"), {"post": "yes"}).status_code == 403
