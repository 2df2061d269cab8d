from typing import Any

from django.dispatch import receiver

from activity.queues import delay
from metrics.tasks import define_missing_metrics
from surveys.signals import survey_published


@receiver(survey_published)
def define_metrics_of_the_survey(**_news: Any) -> None:
    """Only enqueues; a lost message is made good by the sweep each minute."""
    delay(define_missing_metrics)
