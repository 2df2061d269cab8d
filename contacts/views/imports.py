from django.http import HttpResponse
from django.shortcuts import render

from accounts.decorators import requires
from accounts.http import Request
from accounts.permissions import Capability
from contacts.models import Import


@requires(Capability.MANAGE_CONTACTS)
def import_list(request: Request) -> HttpResponse:
    imports = Import.objects.visible_to(request.user).select_related("upload")[:100]
    return render(request, "contacts/imports.html", {"imports": imports})
