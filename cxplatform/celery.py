"""The pipelines the system runs by itself; `app.conf.beat_schedule` says when."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxplatform.settings.prod")

app = Celery("cxplatform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sweep-sending": {"task": "surveys.tasks.sweep_sending", "schedule": 2.0},
    "close-ended-surveys": {"task": "surveys.tasks.close_ended_surveys", "schedule": 60.0},
    "tell-whose-turn-it-is": {"task": "surveys.tasks.tell_whose_turn_it_is", "schedule": 60.0},
    "heartbeat": {"task": "activity.tasks.beat_heartbeat", "schedule": 15.0},
    "requeue-lost-jobs": {"task": "activity.tasks.requeue_lost_jobs", "schedule": 60.0},
    "fold-deltas": {
        "task": "metrics.tasks.fold_deltas",
        "schedule": 1.0,
        "options": {"expires": 5},
    },
    "fold-answer-counts": {"task": "surveys.tasks.fold_answer_counts", "schedule": 60.0},
    "define-missing-metrics": {"task": "metrics.tasks.define_missing_metrics", "schedule": 60.0},
    "mark-repeated-items": {"task": "metrics.tasks.mark_repeated_items", "schedule": 3600.0},
    "check-decision-log": {"task": "coalition.tasks.check_log", "schedule": 3600.0},
    "drop-old-uploads": {"task": "activity.tasks.drop_old_uploads", "schedule": 3600.0},
    "drop-old-replies": {"task": "integrations.tasks.drop_old_replies", "schedule": 3600.0},
}
