"""Above the organisation's limit a second person releases what was launched."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, RoleHeld
from accounts.permissions import Role
from activity.installation import pause_all
from activity.models import Event
from contacts.models import Basis
from surveys.models import Distribution, Invitation
from surveys.services import distributions as planning
from surveys.services import releasing
from surveys.services.errors import DistributionRefused
from surveys.services.surveys import publish
from surveys.services.sweeping import due
from tests.browser import PASSWORD, assert_accessible, sign_afresh, sign_in
from tests.conftest import make_user
from tests.surveys.asking import launched, make_contact, make_contacts, make_distribution
from tests.surveys.test_sending import send_all
from tests.test_access import undone

pytestmark = pytest.mark.django_db


@pytest.fixture
def limit_of_two(organisation) -> None:
    organisation.release_above = 2
    organisation.save()


@pytest.fixture
def waiting(limit_of_two, designer) -> Distribution:
    return launched(designer, 3)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    sign_afresh(client, user)
    return client


def url(name: str, distribution: Distribution) -> str:
    return reverse(f"surveys:{name}", args=[distribution.pk])


def release(distribution: Distribution, by) -> None:
    version = distribution.survey.current_version_id
    releasing.release(distribution, by=by, version=version)


# --- the limit ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "people", "state"),
    [(2, 3, "waiting"), (2, 2, "sending"), (0, 3, "sending"), (None, 3, "sending")],
)
def test_waits_above_the_limit_and_only_there(organisation, designer, limit, people, state):
    Organisation.objects.update(release_above=limit)
    assert launched(designer, people).state == state


def test_counts_those_asked_not_those_left_out(limit_of_two, designer):
    for number in range(3):
        make_contact("", given_name=f"No address {number}")
    assert launched(designer, 2).state == "sending"


def test_sends_nothing_while_it_waits(sink, waiting):
    send_all(waiting)
    assert due() == []
    assert planning.progress_of(waiting) == {"queued": 3}
    assert sink.taken == []


def test_asks_exactly_those_it_was_launched_for(sink, waiting, leader):
    make_contact("late@mail.example")
    gone = Invitation.objects.get(contact__email="person0@mail.example").contact
    gone.permissions.update(basis=Basis.WITHDRAWN)
    release(waiting, leader)
    send_all(waiting)
    assert set(sink.counts) == {"person1@mail.example", "person2@mail.example"}


def test_links_last_as_long_as_if_it_had_gone_at_once(waiting, leader, settings):
    later = timezone.now() + timedelta(days=20)
    with time_machine.travel(later, tick=False):
        release(waiting, leader)
    last = later + timedelta(days=settings.INVITATION_KEEP_DAYS)
    assert set(waiting.invitations.values_list("expires_at", flat=True)) == {last}


# --- who decides -----------------------------------------------------------------------------------------


def test_is_released_by_somebody_else_than_launched_it(limit_of_two, designer, root):
    RoleHeld.objects.create(user=designer, role=Role.LEADER, unit=root)
    waiting = launched(designer, 3)
    with pytest.raises(DistributionRefused, match="launched it yourself"):
        release(waiting, designer)
    with pytest.raises(DistributionRefused, match="launched it yourself"):
        releasing.send_back(waiting, by=designer, reason="No")
    assert not Distribution.objects.releasable_by(designer).exists()


def test_database_too_holds_that_they_are_two(waiting, designer):
    with pytest.raises(IntegrityError), transaction.atomic():
        Distribution.objects.update(released_by=designer)


def test_first_decision_counts(waiting, leader, admin):
    release(waiting, leader)
    with pytest.raises(releasing.AlreadyDecided):
        releasing.send_back(waiting, by=admin, reason="No")
    with pytest.raises(releasing.AlreadyDecided):
        release(waiting, admin)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.released_by) == ("sending", leader)


def test_refuses_what_was_published_anew_since_it_was_looked_at(waiting, leader, designer):
    seen = waiting.survey.current_version_id
    waiting.survey.draft["title"]["en"] = "Another title"
    waiting.survey.save()
    publish(waiting.survey, by=designer)
    with pytest.raises(DistributionRefused, match="published anew"):
        releasing.release(waiting, by=leader, version=seen)
    assert Distribution.objects.get().state == "waiting"


def test_refuses_what_could_not_be_launched_any_more(waiting, leader):
    waiting.survey.closed_at = timezone.now()
    waiting.survey.save()
    with pytest.raises(DistributionRefused, match="is closed"):
        release(waiting, leader)
    assert Distribution.objects.get().state == "waiting"


def test_names_those_who_can_act(waiting, designer, leader, admin, owner, south):
    make_user("south@cx.example", (Role.LEADER, south))
    assert set(releasing.releasers(waiting)) == {leader, admin}
    page = signed_in(designer).get(url("distribution", waiting))
    for user in (leader, admin):
        assert user.email in page.content.decode()
    assert "south@cx.example" not in page.content.decode()


def test_says_what_to_do_where_nobody_else_could(waiting, designer):
    page = signed_in(designer).get(url("distribution", waiting)).content.decode()
    assert "An administrator can invite a leader, or set the limit higher" in page


def test_review_tells_before_the_launch(limit_of_two, designer):
    make_contacts(3)
    page = signed_in(designer).get(url("distribution", make_distribution(designer)))
    assert "Above 2 people a second person releases it" in page.content.decode()


# --- back to the drawing board -------------------------------------------------------------------------------


def test_comes_back_as_a_draft_with_the_reason(waiting, leader, designer):
    releasing.send_back(waiting, by=leader, reason="Leave out Oslo this week.")
    waiting.refresh_from_db()
    assert (waiting.state, Invitation.objects.count()) == ("draft", 0)
    client = signed_in(designer)
    for path in ("/", url("distribution", waiting)):
        assert "Leave out Oslo this week." in client.get(path).content.decode()
    assert (
        "is a draft again" in signed_in(leader).get(url("distribution", waiting)).content.decode()
    )
    make_contact("late@mail.example")
    again = planning.launch(waiting, by=designer)
    assert planning.progress_of(again) == {"queued": 4}
    assert "Leave out Oslo" not in client.get("/").content.decode()


def test_asks_for_a_reason(waiting, leader):
    page = signed_in(leader).post(url("send_back", waiting), {"reason": " "})
    assert page.status_code == 422
    assert "What should be different: This field is required." in page.content.decode()
    assert Distribution.objects.get().state == "waiting"


def test_is_taken_back_by_whoever_could_have_launched_it(waiting, north_designer, designer, leader):
    client = signed_in(designer)
    client.post(url("take_back", waiting))
    waiting.refresh_from_db()
    assert (waiting.state, Invitation.objects.count()) == ("draft", 0)
    late = signed_in(leader).post(
        url("release", waiting), {"version": waiting.survey.current_version_id}, follow=True
    )
    assert "somebody was faster" in late.content.decode()


def test_trail_says_who_did_what_and_quotes_no_reason(waiting, leader, designer):
    releasing.send_back(waiting, by=leader, reason="Ask Anna Koch first.")
    planning.launch(waiting, by=designer)
    releasing.take_back(waiting, by=designer)
    planning.launch(waiting, by=designer)
    release(waiting, leader)
    told = Event.objects.about(waiting).order_by("pk").values_list("verb", "actor")
    verbs = ["created", "launched", "sent_back", "launched", "taken_back", "launched", "released"]
    assert [verb for verb, _actor in told] == verbs
    assert dict(told)["released"] == leader.pk
    assert "Koch" not in str(list(Event.objects.values("data", "subject_label")))


# --- every state, actor and move ----------------------------------------------------------------------------

STATES = ("draft", "waiting", "sending", "paused", "done", "cancelled")
# Move → the states it leaves, where to, and who may: by the table, in the unit of the survey.
SENDERS = {"launcher", "colleague", "launcher who leads"}
STOPPERS = SENDERS | {"admin"}
MOVES = {
    "launch": ({"draft"}, "waiting", SENDERS),
    "take_back": ({"waiting"}, "draft", SENDERS),
    "release": ({"waiting"}, "sending", {"leader", "admin"}),
    "send_back": ({"waiting"}, "draft", {"leader", "admin"}),
    "pause": ({"sending"}, "paused", STOPPERS),
    "resume": ({"paused"}, "sending", SENDERS),
    "cancel_distribution": (set(STATES) - {"done", "cancelled"}, "cancelled", STOPPERS),
    "resend": ({"sending", "paused", "done"}, "sending", SENDERS),
}


@pytest.fixture
def cast(root, north, south) -> dict[str, object]:
    return {
        "launcher": make_user("launcher@cx.example", (Role.DESIGNER, north)),
        "colleague": make_user("colleague@cx.example", (Role.DESIGNER, root)),
        "designer elsewhere": make_user("south@cx.example", (Role.DESIGNER, south)),
        "leader": make_user("leads@cx.example", (Role.LEADER, root)),
        "leader elsewhere": make_user("leads-south@cx.example", (Role.LEADER, south)),
        "admin": make_user("admin@cx.example", (Role.ADMIN, south)),
        "owner": make_user("owner@cx.example", (Role.OWNER, north)),
        "agent": make_user("agent@cx.example", (Role.AGENT, north)),
        "employee": make_user("employee@cx.example", (Role.EMPLOYEE, north)),
        "stranger": make_user("stranger@cx.example"),
    }


def in_state(state: str, launcher, unit) -> Distribution:
    """Three people, one of them failed where anything was tried."""
    distribution = make_distribution(launcher, unit=unit)
    make_contacts(3, unit=unit)
    if state == "draft":
        return distribution
    planning.launch(distribution, by=launcher)
    if state not in ("draft", "waiting"):
        failed = distribution.invitations.first()
        distribution.invitations.filter(pk=failed.pk).update(state="failed")
        Distribution.objects.update(state=state)
    return distribution


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", MOVES)
def test_moves_only_as_the_table_says(limit_of_two, cast, north, move, state):
    leaves, to, movers = MOVES[move]
    distribution = in_state(state, cast["launcher"], north)
    RoleHeld.objects.create(user=cast["launcher"], role=Role.LEADER, unit=north)
    cast["launcher who leads"] = cast.pop("launcher")
    data = {"version": distribution.survey.current_version_id, "reason": "Not yet"}
    wrong = []
    for name, user in cast.items():
        client = signed_in(user)
        with undone(client):
            client.post(url(move, distribution), data)
            got = Distribution.objects.get(pk=distribution.pk)
            expected = to if state in leaves and name in movers else state
            if got.state != expected:
                wrong.append(f"{name}: {got.state}, not {expected}")
            assert (distribution.pk in due()) == (got.state == "sending")
    assert not wrong, f"{move} of one that is {state}:\n" + "\n".join(wrong)


def test_asks_for_the_password_before_a_release(waiting, leader, client):
    client.force_login(leader)
    data = {"version": waiting.survey.current_version_id}
    asked = client.post(url("release", waiting), data)
    assert "reauthenticate" in asked["Location"]
    assert Distribution.objects.get().state == "waiting"
    client.post(asked["Location"], {"password": PASSWORD, "next": url("release", waiting)})
    assert Distribution.objects.get().state == "sending"


# --- told by mail and on the first page ----------------------------------------------------------------------


def test_tells_those_whose_turn_it_is_once(waiting, leader, admin, designer, mailoutbox):
    releasing.tell_all()
    releasing.tell_all()
    assert {mail.to[0] for mail in mailoutbox} == {leader.email, admin.email}
    assert len(mailoutbox) == 2
    assert url("distribution", waiting) in mailoutbox[0].body
    mailoutbox.clear()
    releasing.send_back(waiting, by=leader, reason="Leave out Oslo.")
    releasing.tell_all()
    releasing.tell_all()
    assert [mail.to for mail in mailoutbox] == [[designer.email]]
    assert "Leave out Oslo." in mailoutbox[0].body


def test_tells_them_later_where_the_mail_server_is_away(waiting, leader, settings, sink):
    settings.MAILERS["default"]["OPTIONS"] |= {"port": 1}
    releasing.tell_all()
    assert Distribution.objects.get().told_at is None
    settings.MAILERS["default"]["OPTIONS"] |= {"port": sink.port}
    releasing.tell_all()
    assert sink.counts == {leader.email: 1}


def test_tells_nobody_from_where_sending_is_stopped(waiting, leader, admin, mailoutbox):
    pause_all(by=admin)
    releasing.tell_all()
    assert mailoutbox == []


def test_stands_first_on_the_page_of_whoever_has_to_act(waiting, leader, owner, designer):
    assert "Release “November wave”" in signed_in(leader).get("/").content.decode()
    for user in (owner, designer):
        assert "Release “" not in signed_in(user).get("/").content.decode()


def test_leader_sees_what_was_put_before_them_and_no_other(waiting, leader, designer):
    other = make_distribution(designer)
    listed = signed_in(leader).get(reverse("surveys:distributions")).content.decode()
    assert "1 distribution waits for your release" in listed
    assert url("distribution", waiting) in listed
    assert url("distribution", other) not in listed
    release(waiting, leader)
    assert "0 of 3 sent" in signed_in(leader).get(url("distribution", waiting)).content.decode()


def test_waiting_page_reads_the_same_few_queries_for_many(
    limit_of_two, leader, designer, django_assert_max_num_queries
):
    waiting = launched(designer, 60)
    client = signed_in(leader)
    with django_assert_max_num_queries(20):
        client.get(url("distribution", waiting))


# --- in the browser -----------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_two_people_send_a_large_one_together(page, live_server, limit_of_two, designer, leader):
    make_contacts(3)
    distribution = make_distribution(designer)
    sign_in(page, live_server, designer)
    page.goto(live_server.url + url("distribution", distribution))
    page.get_by_role("button", name="Send it to 3 people").click()
    page.get_by_role("heading", name="waits for release to 3 people").wait_for()
    page.get_by_role("link", name=leader.email).wait_for()
    assert_accessible(page)

    page.context.clear_cookies()
    sign_in(page, live_server, leader)
    page.goto(live_server.url)
    assert_accessible(page)
    page.get_by_role("link", name="Look at it").click()
    page.get_by_text("Send it back…").click()
    assert_accessible(page)
    page.get_by_role("button", name="Release it to 3 people").click()
    page.get_by_role("heading", name="November wave: 0 of 3 sent").wait_for()
    assert_accessible(page)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_sends_it_back_without_scripts(plain_page, live_server, limit_of_two, designer, leader):
    waiting = launched(designer, 3)
    sign_in(plain_page, live_server, leader)
    plain_page.goto(live_server.url + url("distribution", waiting))
    plain_page.get_by_text("Send it back…").click()
    plain_page.get_by_label("What should be different").fill("Leave out Oslo.")
    plain_page.get_by_role("button", name="Send it back").click()
    plain_page.get_by_role("heading", name="is a draft again").wait_for()
    assert plain_page.get_by_text("Leave out Oslo.").is_visible()
