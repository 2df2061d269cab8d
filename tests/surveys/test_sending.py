from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from contacts.suppression import suppress
from surveys.mailing.smtp import Line, NoMailServer
from surveys.models import Distribution, Invitation
from surveys.services import distributions as planning
from surveys.services import sending
from surveys.services.sweeping import due, tidy
from tests.surveys.asking import launched, make_contacts

pytestmark = pytest.mark.django_db


def send_all(distribution: Distribution) -> None:
    """What one task does, until there is nothing to do now."""
    with Line() as line:
        while (fresh := _running(distribution)) and sending.send_batch(fresh, line, {}):
            pass
    tidy()


def _running(distribution):
    rows = Distribution.objects.select_related("survey", "sender")
    return rows.filter(pk=distribution.pk, state="sending").first()


def states(distribution) -> dict[str, int]:
    return planning.progress_of(distribution)


def test_sends_each_person_one_message_on_one_connection(sink, designer, settings):
    settings.SEND_BATCH = 4
    distribution = launched(designer, 10)
    send_all(distribution)
    assert sink.counts == {f"person{n}@mail.example": 1 for n in range(10)}
    assert sink.connections == 1
    distribution.refresh_from_db()
    assert states(distribution) == {"sent": 10}
    assert (distribution.state, distribution.finished_at is not None) == ("done", True)


def test_sends_nothing_again_after_it_is_done(sink, designer):
    distribution = launched(designer, 2)
    send_all(distribution)
    send_all(distribution)
    assert len(sink.taken) == 2


def test_gives_up_on_an_address_refused_for_good_and_says_why(sink, designer):
    sink.rcpt = lambda address: "550 5.1.1 no such user" if "person1" in address else None
    distribution = launched(designer, 3)
    send_all(distribution)
    assert states(distribution) == {"sent": 2, "failed": 1}
    failed = Invitation.objects.get(state="failed")
    assert failed.error == "550 5.1.1 no such user"


def test_tries_later_whom_the_server_cannot_take_now(sink, designer):
    sink.rcpt = lambda address: "451 4.7.1 come back later" if "person1" in address else None
    distribution = launched(designer, 3)
    send_all(distribution)
    waiting = Invitation.objects.get(state="queued")
    assert (waiting.attempts, waiting.error) == (1, "451 4.7.1 come back later")
    assert due() == []
    sink.rcpt = lambda address: None
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        send_all(distribution)
    assert sink.counts["person1@mail.example"] == 1
    assert states(distribution) == {"sent": 3}


def test_stops_trying_after_so_many_attempts(sink, designer):
    sink.data = lambda address, content: "452 4.2.2 mailbox full"
    distribution = launched(designer, 1)
    when = timezone.now()
    for _attempt in range(9):
        with time_machine.travel(when, tick=False):
            send_all(distribution)
        when += timedelta(hours=5)
    failed = Invitation.objects.get()
    assert (failed.state, failed.attempts) == ("failed", 8)


def test_sends_again_under_the_same_message_id_when_the_reply_was_lost(sink, designer):
    drops = iter(["drop"])
    sink.data = lambda address, content: next(drops, None) if "person1" in address else None
    distribution = launched(designer, 3)
    send_all(distribution)
    assert states(distribution) == {"sent": 2, "queued": 1}
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        send_all(distribution)
    assert sink.counts == {
        "person0@mail.example": 1,
        "person1@mail.example": 2,
        "person2@mail.example": 1,
    }
    assert len(sink.ids_of("person1@mail.example")) == 1


def test_takes_a_new_connection_for_a_message_that_was_not_handed_over(sink, designer):
    drops = iter([None, "drop"])
    sink.rcpt = lambda address: next(drops, None)
    distribution = launched(designer, 4)
    send_all(distribution)
    assert set(sink.counts.values()) == {1}
    assert states(distribution) == {"sent": 4}
    assert sink.connections == 2


def test_waits_and_says_so_while_there_is_no_mail_server(sink, designer, settings):
    distribution = launched(designer, 3)
    port = settings.MAILERS["default"]["OPTIONS"]["port"]
    settings.MAILERS["default"]["OPTIONS"]["port"] = 1
    send_all(distribution)
    distribution.refresh_from_db()
    assert "could not be reached" in distribution.trouble
    assert states(distribution) == {"queued": 3}
    settings.MAILERS["default"]["OPTIONS"]["port"] = port
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        send_all(distribution)
    distribution.refresh_from_db()
    assert (states(distribution), distribution.trouble) == ({"sent": 3}, "")


def test_pauses_when_the_server_refuses_the_sender(sink, designer):
    sink.mail = lambda address: "553 sender not allowed"
    distribution = launched(designer, 3)
    send_all(distribution)
    distribution.refresh_from_db()
    assert (distribution.state, distribution.trouble) == ("paused", "553 sender not allowed")
    assert states(distribution) == {"queued": 3}


# --- claims and leases --------------------------------------------------------------------------------


def test_returns_what_a_dead_worker_held_once_its_lease_is_over(sink, designer):
    distribution = launched(designer, 3)
    before = dict(Invitation.objects.values_list("pk", "message_id"))
    batch = sending.claim_batch(distribution)
    tidy()
    assert states(distribution) == {"sending": 3}
    with time_machine.travel(batch.lease_until + timedelta(seconds=1), tick=False):
        tidy()
        assert due() == [distribution.pk] * 2
        send_all(distribution)
    assert set(sink.counts.values()) == {1}
    assert dict(Invitation.objects.values_list("pk", "message_id")) == before


def test_stops_a_batch_that_was_suspended_past_its_lease(sink, designer):
    distribution = launched(designer, 4)
    taken_over = []

    def fall_asleep(address, content):
        """While the first message is in flight, its lease passes and another worker takes over."""
        if not taken_over:
            taken_over.append(address)
            Invitation.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
            tidy()
        return

    with Line() as line:
        batch_line = Watched(line, before_reply=fall_asleep)
        sending.send_batch(_running(distribution), batch_line, {})
    assert len(sink.taken) == 1
    assert states(distribution) == {"queued": 4}
    send_all(distribution)
    assert sink.counts == {address: 2 if address == taken_over[0] else 1 for address in sink.counts}
    assert len(sink.counts) == 4


class Watched:
    """A line that lets something happen after each message was sent, before it is marked."""

    def __init__(self, line, before_reply):
        self.line = line
        self.before_reply = before_reply

    def send(self, sender, recipient, message):
        result = self.line.send(sender, recipient, message)
        self.before_reply(recipient, message)
        return result


def test_renews_the_lease_of_what_waits_in_a_slow_batch(sink, designer, settings):
    distribution = launched(designer, 4)
    seen = []
    with time_machine.travel(timezone.now(), tick=False) as clock, Line() as line:

        def take_long(address, content):
            clock.shift(timedelta(seconds=settings.SEND_LEASE_SECONDS * 0.6))
            tidy()
            seen.append(states(distribution))

        sending.send_batch(_running(distribution), Watched(line, take_long), {})
    assert set(sink.counts.values()) == {1}
    assert [counts.get("queued", 0) for counts in seen] == [0, 0, 0, 0]


def test_two_workers_never_hold_the_same_invitation(sink, designer, settings):
    settings.SEND_BATCH = 2
    distribution = launched(designer, 4)
    first, second = sending.claim_batch(distribution), sending.claim_batch(distribution)
    assert not set(first.waiting) & set(second.waiting)
    assert sending.claim_batch(distribution) is None


# --- stopping -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("stop", ["pause", "cancel"])
def test_stops_between_two_messages(sink, designer, stop):
    distribution = launched(designer, 5)

    def after_two(address, content):
        if len(sink.taken) == 2:
            getattr(planning, stop)(distribution, by=designer)

    with Line() as line:
        sending.send_batch(_running(distribution), Watched(line, after_two), {})
    tidy()
    assert len(sink.taken) == 2
    left = "queued" if stop == "pause" else "cancelled"
    assert states(distribution) == {"sent": 2, left: 3}
    if stop == "pause":
        planning.resume(distribution, by=designer)
        send_all(distribution)
        assert set(sink.counts.values()) == {1}
        assert len(sink.taken) == 5


def test_stops_everything_between_two_messages(sink, designer, admin):
    from activity.installation import pause_all, resume_all

    distribution = launched(designer, 5)

    def after_two(address, content):
        if len(sink.taken) == 2:
            pause_all(by=admin)

    with Line() as line:
        sending.send_batch(_running(distribution), Watched(line, after_two), {})
    send_all(distribution)
    assert (len(sink.taken), due()) == (2, [])
    resume_all(by=admin)
    send_all(distribution)
    assert set(sink.counts.values()) == {1}
    assert len(sink.taken) == 5


def test_pauses_when_the_survey_takes_no_answers_any_more(sink, designer):
    distribution = launched(designer, 2)
    distribution.survey.closed_at = timezone.now()
    distribution.survey.save()
    send_all(distribution)
    distribution.refresh_from_db()
    assert (distribution.state, len(sink.taken)) == ("paused", 0)


def test_leaves_out_who_was_suppressed_or_erased_since_the_launch(sink, designer):
    distribution = launched(designer, 4)
    people = make_contacts(0) or list(distribution.invitations.order_by("contact__email"))
    suppress(people[0].contact.email, "by_staff")
    gone = people[1].contact
    gone.email, gone.erased_at = "", timezone.now()
    gone.save()
    send_all(distribution)
    assert sink.counts == {"person2@mail.example": 1, "person3@mail.example": 1}
    reasons = distribution.invitations.filter(state="left_out")
    assert set(reasons.values_list("left_out_because", flat=True)) == {"suppressed", "erased"}


def test_sends_no_more_than_so_many_a_minute(sink, designer, settings):
    settings.SEND_PER_MINUTE = 3
    distribution = launched(designer, 7)
    when = timezone.now()
    for minute, total in enumerate([3, 6, 7]):
        with time_machine.travel(when + timedelta(seconds=61 * minute), tick=False):
            send_all(distribution)
        assert len(sink.taken) == total


def test_resends_to_those_who_failed_under_the_same_message_id(sink, designer):
    sink.rcpt = lambda address: "550 no" if "person1" in address else None
    distribution = launched(designer, 3)
    send_all(distribution)
    before = Invitation.objects.get(state="failed").message_id
    sink.rcpt = lambda address: None
    assert planning.resend_failed(distribution, by=designer) == 1
    send_all(distribution)
    assert set(sink.counts.values()) == {1}
    assert sink.ids_of("person1@mail.example") == {f"<{before}>"}


def test_says_there_is_no_mail_server(settings):
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
        }
    }
    with Line() as line, pytest.raises(NoMailServer):
        line.send("a@b.example", "c@d.example", b"")


def test_tasks_enqueued_by_a_page_go_to_the_workers_broker(settings):
    from surveys.tasks import send

    assert send.app.conf.broker_url == settings.CELERY_BROKER_URL
