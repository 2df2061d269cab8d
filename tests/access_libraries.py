"""Rows for the pages libraries bring: Django admin, the queues' dashboard, signing in.

Each page is named here, so that one that comes with an upgrade fails until somebody has said who
may open it; a model newly shown in Django admin fails unless administrators alone see it and
nobody writes it.
"""

from functools import partial

from django.contrib.admin import site

from tests.access_rows import ADMIN, ANONYMOUS, EVERYBODY, STAFF, Row

# --- Django admin: administrators; others are sent to a login that lets nobody else in ------------

desk = partial(Row, may=ADMIN, refused=302)

# What may be written there. Every other model, those to come too, is looked at and no more.
WRITTEN = {
    "accounts_user": {"change"},
    "accounts_organisation": {"change"},
    "accounts_roleheld": {"add"},
    "surveys_sender": {"add", "change", "delete"},
}
MODELS = {f"{model._meta.app_label}_{model._meta.model_name}": model for model in site._registry}
NOTHING = {"object_id": "0"}  # a row that is not there: whoever may look is sent to the list


def _of_model(model: str, writes: set[str]) -> dict[str, Row | list[Row]]:
    add, delete = 200 if "add" in writes else 403, 302 if "delete" in writes else 403
    return {
        f"admin:{model}_changelist": desk(),
        f"admin:{model}_add": [desk(answer=add), desk(method="post", answer=add)],
        f"admin:{model}_change": desk(kwargs=NOTHING, answer=302),
        f"admin:{model}_delete": [
            desk(kwargs=NOTHING, answer=delete),
            desk(kwargs=NOTHING, method="post", answer=delete),
        ],
        f"admin:{model}_history": desk(kwargs=NOTHING, answer=302),
    }


DJANGO_ADMIN: dict[str, Row | list[Row]] = {
    "admin:index": desk(),
    "admin:app_list": desk(kwargs={"app_label": "accounts"}),
    "admin:login": Row(may=ADMIN, answer=302, refused=403),
    "admin:logout": desk(method="post"),
    "admin:password_change": desk(),
    "admin:password_change_done": desk(),
    "admin:autocomplete": desk(answer=403),
    "admin:jsi18n": desk(),
    "admin:view_on_site": desk(kwargs={"content_type_id": "0", "object_id": "0"}, answer=404),
    # Old addresses of rows, and whatever else stands under /admin/.
    "admin:<path:object_id>/": desk(path="/admin/accounts/unit/1/", answer=302),
    "admin:(?P<url>.*)$": desk(path="/admin/nothing/", answer=404),
}
for _model in MODELS:
    DJANGO_ADMIN |= _of_model(_model, WRITTEN.get(_model, set()))

# --- the queues ----------------------------------------------------------------------------------------

queue = partial(Row, may=ADMIN, refused=403, signed_out=403, kwargs={"queue_index": 0})
_JOB = {"queue_index": 0, "job_id": "none"}
job = partial(Row, may=ADMIN, refused=403, signed_out=403, kwargs=_JOB, answer=404)
cron = {"connection_index": 0, "scheduler_name": "none"}

QUEUES: dict[str, Row | list[Row]] = {
    "django_rq:home": queue(kwargs={}),
    "django_rq:home_json": queue(kwargs={}),
    "django_rq:jobs": queue(),
    "django_rq:queue_details": queue(),
    "django_rq:finished_jobs": queue(),
    "django_rq:failed_jobs": queue(),
    "django_rq:delete_failed_jobs": [queue(), queue(method="post", answer=302)],
    "django_rq:scheduled_jobs": queue(),
    "django_rq:started_jobs": queue(),
    "django_rq:deferred_jobs": queue(),
    "django_rq:clear": [queue(), queue(method="post", answer=302)],
    "django_rq:requeue_all": [queue(), queue(method="post", answer=302)],
    "django_rq:confirm_action": queue(method="post", answer=302),
    "django_rq:actions": queue(method="post", answer=302),
    "django_rq:job_detail": job(),
    "django_rq:result_detail": job(kwargs=_JOB | {"result_id": "none"}),
    "django_rq:delete_job": [job(), job(method="post")],
    "django_rq:requeue_job": [job(), job(method="post")],
    "django_rq:enqueue_job": [job(), job(method="post")],
    "django_rq:stop_job": [job(answer=405), job(method="post", answer=302)],
    "django_rq:workers": queue(),
    "django_rq:worker_details": queue(
        kwargs={"queue_index": 0, "key": "rq:worker:none"}, answer=404
    ),
    "django_rq:cron_scheduler_detail": queue(kwargs=cron, answer=404),
    "django_rq:cron_job_detail": queue(kwargs=cron | {"cron_job_name": "none"}, answer=404),
}

# --- signing in ------------------------------------------------------------------------------------------

# For whoever is not in yet; others are sent on.
door = partial(Row, may={ANONYMOUS: frozenset({"own"})}, refused=302)
# For whoever is in; others are sent to the login.
inside = partial(Row, may=STAFF)
nowhere = partial(Row, may=EVERYBODY, answer=404)

SIGNING_IN: dict[str, Row | list[Row]] = {
    "account_login": [door(), door(method="post")],
    "account_logout": [inside(), inside(method="post", answer=302)],
    "account_inactive": Row(may=EVERYBODY),
    "account_signup": Row(may=EVERYBODY, answer=302),
    "account_reset_password": [Row(may=EVERYBODY), Row(may=EVERYBODY, method="post")],
    "account_reset_password_done": Row(may=EVERYBODY),
    "account_reset_password_from_key": Row(may=EVERYBODY, kwargs={"uidb36": "1", "key": "made-up"}),
    "account_reset_password_from_key_done": Row(may=EVERYBODY),
    "account_change_password": [inside(), inside(method="post")],
    "account_reauthenticate": [inside(), inside(method="post")],
    # An address is changed by an administrator.
    "account_gone": nowhere(path="/account/email/"),
    "account_email": nowhere(),
    "account_email_verification_sent": nowhere(),
    "account_confirm_email": nowhere(kwargs={"key": "made-up"}),
    "account_set_password": nowhere(),
    "account_confirm_login_code": nowhere(),
    # The second factor, of people who have none yet: there is nothing to show or to take away.
    "mfa_index": inside(),
    "mfa_authenticate": Row(may=EVERYBODY, answer=302),
    "mfa_reauthenticate": inside(answer=302),
    "mfa_activate_totp": [inside(), inside(method="post")],
    "mfa_deactivate_totp": inside(answer=404),
    "mfa_view_recovery_codes": inside(answer=404),
    "mfa_generate_recovery_codes": inside(),
    "mfa_download_recovery_codes": inside(answer=404),
}

LIBRARY_ROWS = DJANGO_ADMIN | QUEUES | SIGNING_IN
