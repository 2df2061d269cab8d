from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """What our middleware makes of a request; views take this, not HttpRequest."""

    htmx: HtmxDetails
    id: str
