from time import monotonic

from celery import shared_task

from metrics import folding
from metrics.services import define_missing

BATCH = 20_000
# Beat asks again a second later; a fold that fell behind must not hold a worker for ever.
AT_MOST_SECONDS = 20


@shared_task
def fold_deltas() -> None:
    until = monotonic() + AT_MOST_SECONDS
    while folding.fold(BATCH) == BATCH and monotonic() < until:
        pass


@shared_task
def define_missing_metrics() -> None:
    define_missing()


@shared_task
def mark_repeated_items() -> None:
    folding.mark_repeated()
