from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from cxplatform.shared.http import Request


def render_page(
    request: Request, template: str, context: dict[str, Any], *, part: str, status: int = 200
) -> HttpResponse:
    """The whole page for a browser, one named part of it for htmx."""
    fragment = request.htmx and not request.htmx.boosted
    name = f"{template}#{part}" if fragment else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
