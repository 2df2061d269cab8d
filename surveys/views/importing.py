from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.decorators import requires
from accounts.http import Request
from accounts.permissions import Capability
from contacts.forms.imports import FileForm
from contacts.imports.services import ImportRefused, start_import
from surveys.importing.target import KIND
from surveys.models import Survey


@requires(Capability.MANAGE_SURVEYS)
@requires(Capability.MANAGE_CONTACTS)
def import_answers(request: Request, pk: int) -> HttpResponse:
    """Upload answers given earlier; from there on it is an import like any other."""
    survey = get_object_or_404(Survey.objects.editable_by(request.user), pk=pk)
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = FileForm(*posted)
    if form.is_valid() and survey.current_version_id and not survey.archived_at:
        try:
            file, about = form.cleaned_data["file"], {"survey": survey.pk}
            imp = start_import(file, kind=KIND, owner=request.user, options=about)
        except ImportRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("contacts:import", pk=imp.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "surveys/import.html", {"form": form, "survey": survey}, status=status)
