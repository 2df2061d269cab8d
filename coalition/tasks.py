from celery import shared_task

from coalition.verifying import check_now


@shared_task
def check_log() -> None:
    check_now()
