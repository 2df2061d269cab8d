from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import Request
from activity import running
from activity.models import Job, Upload
from activity.services import record_event
from activity.words import heading, outcome
from cxplatform.shared.htmx import render_page

MOST_JOBS = 50


@login_required
@require_safe
def jobs(request: Request) -> HttpResponse:
    """What this person asked for, newest first."""
    mine = Job.objects.filter(owner=request.user)[:MOST_JOBS]
    rows = [{"job": job, "heading": heading(job), "outcome": outcome(job)} for job in mine]
    waiting = sum(not job.is_finished for job in mine)
    return render(request, "activity/jobs.html", {"rows": rows, "waiting": waiting})


@login_required
@require_safe
def job(request: Request, pk: str) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    response = render_page(request, "activity/job.html", _shown(job), part="progress")
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def cancel(request: Request, pk: str) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    if job.is_finished:
        messages.info(request, _("It had ended before it could be stopped."))
    else:
        with transaction.atomic():
            running.cancel_job(job)
            record_event(job, verb="cancelled", actor=request.user, label=job.kind)
        messages.success(request, _("It stops at the next safe point; nothing half done stays."))
    return redirect("activity:job", pk=job.pk)


@login_required
@require_safe
def upload(request: Request, pk: str) -> FileResponse:
    """A file as it was handed in or made for this person; never shown in the page."""
    kept = get_object_or_404(Upload.objects.visible_to(request.user).exclude(file=""), pk=pk)
    response = FileResponse(
        kept.file.open(),
        as_attachment=True,
        filename=kept.filename,
        content_type="application/octet-stream",
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _shown(job: Job) -> dict[str, Any]:
    kind = running.KINDS.get(job.kind)
    result_url = reverse(kind.url, args=[job.pk]) if kind and kind.url else ""
    return {
        "job": job,
        "heading": heading(job),
        "outcome": outcome(job),
        "result_url": result_url,
        "download": job.result.get("upload"),
    }
