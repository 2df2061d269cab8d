from typing import Any

from django.utils.translation import gettext_lazy as _

from activity.running import Run, job_kind
from contacts.imports import working


@job_kind("import_check", label=_("Check an import"), url="contacts:import_of_job")
def check_import(run: Run) -> dict[str, Any]:
    return working.check_import(run)


@job_kind("import_write", label=_("Write an import"), url="contacts:import_of_job")
def write_import(run: Run) -> dict[str, Any]:
    return working.write_import(run)
