import time

from celery import shared_task

from activity.queues import delay
from surveys.mailing.letter import Letter
from surveys.mailing.smtp import Line
from surveys.services.counting import fold_counts
from surveys.services.releasing import tell_all
from surveys.services.sending import send_batch
from surveys.services.surveys import close_ended
from surveys.services.sweeping import due, room, sending, tidy

# Long enough to keep a connection busy, short enough to leave the workers to others.
MOST_SECONDS = 20


@shared_task(expires=30)
def send(distribution_id: int) -> None:
    """Send batch after batch over one connection, for a while."""
    if not room():
        return
    until = time.monotonic() + MOST_SECONDS
    letters: dict[str, Letter] = {}
    with Line() as line:
        while time.monotonic() < until:
            distribution = sending(distribution_id)
            if distribution is None or not send_batch(distribution, line, letters):
                break
    tidy()


@shared_task(expires=30)
def sweep_sending() -> None:
    """Find by state what is due; whatever the broker lost is found here within seconds."""
    tidy()
    for distribution_id in due():
        delay(send, distribution_id)


@shared_task(expires=60)
def close_ended_surveys() -> None:
    close_ended()


@shared_task(expires=60)
def fold_answer_counts() -> None:
    fold_counts()


@shared_task(expires=60)
def tell_whose_turn_it_is() -> None:
    tell_all()
