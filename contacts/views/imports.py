from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import requires
from accounts.http import Request
from accounts.permissions import Capability
from activity.models import Job, JobState
from activity.queues import enqueue
from activity.running import cancel_job
from activity.tables import TableRefused
from contacts.forms.imports import UploadForm, WriteForm
from contacts.imports import services
from contacts.imports.columns import TYPES, ColumnChoice, from_json, read_choices
from contacts.imports.services import ImportRefused, first_rows
from contacts.imports.staging import FileGone, opened, refusal_of, rows_of
from contacts.imports.targets import TARGETS, MappingRefused, Target, targets_for
from contacts.models import AttributeType, Import, ImportState
from cxplatform.shared.htmx import render_page

SHOWN = 1_000
SAMPLE = 3


@requires(Capability.MANAGE_CONTACTS)
@require_safe
def import_list(request: Request) -> HttpResponse:
    imports = Import.objects.visible_to(request.user).select_related("upload", "job")[:100]
    rows = [
        {"imp": one, "label": TARGETS[one.kind].label} for one in imports if one.kind in TARGETS
    ]
    return render(request, "contacts/imports.html", {"rows": rows})


@requires(Capability.MANAGE_CONTACTS)
def create_import(request: Request) -> HttpResponse:
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(*posted, user=request.user, initial={"kind": request.GET.get("kind")})
    if request.method == "POST" and form.is_valid():
        kind, file = form.cleaned_data["kind"], form.cleaned_data["file"]
        try:
            imp = services.start_import(file, kind=kind, owner=request.user)
        except ImportRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("contacts:import", pk=imp.pk)
    targets = targets_for(request.user)
    context = {
        "form": form,
        "targets": [one for one in targets if not one.starts_elsewhere],
        "elsewhere": [(one.label, one.start_url()) for one in targets if one.starts_elsewhere],
    }
    return render(request, "contacts/import_new.html", context, status=422 if form.errors else 200)


@requires(Capability.MANAGE_CONTACTS)
@require_safe
def import_page(request: Request, pk: int) -> HttpResponse:
    """Wherever the import is: mapping, at work, checked, written, or stopped."""
    imp = _of(request, pk)
    job = imp.job
    if job and not job.is_finished:
        response = render_page(
            request, "contacts/import_run.html", {"imp": imp, "job": job}, part="progress"
        )
        response["Cache-Control"] = "no-store"
        return response
    if request.htmx:
        # Done meanwhile: the fragment that was watching becomes the whole next page.
        return HttpResponse(headers={"HX-Refresh": "true"})
    if imp.state == ImportState.MAPPING:
        return _mapping(request, imp, from_json(imp.mapping))
    if job and job.state != JobState.DONE:
        again_url = TARGETS[imp.kind].start_url(imp)
        context = {"imp": imp, "job": job, "again_url": again_url}
        return render(request, "contacts/import_stopped.html", context)
    name = "contacts/import_done.html" if imp.written_at else "contacts/import_report.html"
    return render(request, name, _found(request, imp))


@require_POST
@requires(Capability.MANAGE_CONTACTS)
def check(request: Request, pk: int) -> HttpResponse:
    imp = _of(request, pk)
    target = TARGETS[imp.kind]
    choices = read_choices(request.POST, columns=len(imp.header))
    form = target.options_form(imp, request.POST)
    if not form.is_valid():
        return _mapping(request, imp, choices, form=form, status=422)
    try:
        job = services.check(imp, choices=choices, options=target.options(form))
    except MappingRefused as refusal:
        return _mapping(request, imp, choices, form=form, wrong=refusal.sentences, status=422)
    except ImportRefused as refusal:
        messages.error(request, str(refusal))
    else:
        enqueue(job)
    return redirect("contacts:import", pk=pk)


@require_POST
@requires(Capability.MANAGE_CONTACTS)
def write(request: Request, pk: int) -> HttpResponse:
    imp = _of(request, pk)
    form = WriteForm(request.POST)
    skip = form.is_valid() and form.cleaned_data["bad_rows"] == "skip"
    if imp.report.get("changes") and not request.user.may(Capability.CHANGE_ADDRESSES):
        raise PermissionDenied
    try:
        enqueue(services.write(imp, skip_bad_rows=skip))
    except ImportRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("contacts:import", pk=pk)


@require_POST
@requires(Capability.MANAGE_CONTACTS)
def reopen(request: Request, pk: int) -> HttpResponse:
    try:
        services.reopen(_of(request, pk))
    except ImportRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("contacts:import", pk=pk)


@require_POST
@requires(Capability.MANAGE_CONTACTS)
def stop(request: Request, pk: int) -> HttpResponse:
    imp = _of(request, pk)
    if imp.job and not imp.job.is_finished:
        cancel_job(imp.job)
        messages.success(request, _("It stops at the next safe point; no row is written."))
    return redirect("contacts:import", pk=pk)


@requires(Capability.MANAGE_CONTACTS)
@require_safe
def import_of_job(request: Request, job_id: str) -> HttpResponse:
    """Where a job's page leads: the import it worked on."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=job_id)
    imp = get_object_or_404(Import.objects.visible_to(request.user), pk=job.params.get("import"))
    return redirect("contacts:import", pk=imp.pk)


def _of(request: Request, pk: int) -> Import:
    imports = Import.objects.visible_to(request.user).select_related("upload", "job", "owner")
    imp = get_object_or_404(imports, pk=pk, kind__in=TARGETS)
    if not request.user.may(TARGETS[imp.kind].capability):
        raise PermissionDenied
    return imp


def _mapping(
    request: Request,
    imp: Import,
    choices: list[ColumnChoice],
    *,
    form: Any = None,
    wrong: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    target = TARGETS[imp.kind]
    sample: list[list[str]] = []
    notes: list[str] = []
    try:
        with opened(imp.upload) as table:
            sample = first_rows(table.rows(), SAMPLE)
            notes = [_(note.text) % note.params for note in table.notes]
    except TableRefused as error:
        wrong = [*(wrong or []), refusal_of(error)]
    except FileGone:
        wrong = [_("The file is kept for a limited time, and that is over. Upload it again.")]
    context = {
        "imp": imp,
        "target": target,
        "form": form or target.options_form(imp),
        "columns": _columns(imp, choices, sample),
        "groups": _groups(target, imp),
        "types": [(type_, AttributeType(type_).label) for type_ in TYPES],
        "wrong": wrong,
        "notes": notes,
    }
    return render(request, "contacts/import_mapping.html", context, status=status)


def _columns(
    imp: Import, choices: list[ColumnChoice], sample: list[list[str]]
) -> list[dict[str, Any]]:
    return [
        {
            "n": n,
            "heading": heading,
            "choice": choice,
            "cells": [row[n][:60] for row in sample if n < len(row) and row[n]],
        }
        for n, (heading, choice) in enumerate(zip(imp.header, choices, strict=False))
    ]


def _groups(target: Target, imp: Import) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for field in target.fields(imp):
        groups.setdefault(str(field.group), []).append((field.key, str(field.label)))
    return list(groups.items())


def _found(request: Request, imp: Import) -> dict[str, Any]:
    return {
        "imp": imp,
        "report": imp.report,
        "result": imp.result,
        "problems": rows_of(imp.problems, most=SHOWN),
        "changes": rows_of(imp.changes, most=SHOWN),
        "shown": SHOWN,
        "may_change": request.user.may(Capability.CHANGE_ADDRESSES),
        "result_url": TARGETS[imp.kind].result_url(imp),
        "again_url": TARGETS[imp.kind].start_url(imp),
    }
