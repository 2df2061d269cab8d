"""The REST API: who asks, how often, and how every answer and error looks."""

from hashlib import sha256
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router

from integrations import problems
from integrations.bearer import Bearer, TooMany
from integrations.routes import contacts, imports, journeys, metrics, surveys

VERSION = "1.0"


class Api(NinjaAPI):
    """Answers to GET carry an ETag, and are not sent again to whoever has them."""

    def create_response(self, request: HttpRequest, data: Any, **kwargs: Any) -> HttpResponse:
        response = super().create_response(request, data, **kwargs)
        response["Cache-Control"] = "private, no-cache"
        if request.method != "GET" or response.status_code != 200:  # noqa: PLR2004
            return response
        etag = f'"{sha256(response.content).hexdigest()[:32]}"'
        response["ETag"] = etag
        found = get_conditional_response(request, etag=etag, response=response)
        return found if isinstance(found, HttpResponse) else response

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        schema = super().get_openapi_schema(**kwargs)
        for methods in schema["paths"].values():
            for operation in methods.values():
                problems.describe(operation["responses"])
        return schema


api = Api(
    title="CXplatform",
    version=VERSION,
    description="Scores, surveys, contacts and imports, with the rights of the token's owner and "
    "the numbers of the pages.",
    urls_namespace="api",
    docs_url=None,
    auth=Bearer(),
)
problems.install(api)


@api.exception_handler(TooMany)
def too_many(request: HttpRequest, error: TooMany) -> HttpResponse:
    detail = _("Too many requests in this minute. Wait %(seconds)s s.") % {"seconds": error.seconds}
    return problems.problem(429, detail, headers={"Retry-After": str(error.seconds)})


api.add_router("/contacts", contacts.router)
api.add_router("/imports", imports.router)
api.add_router("/surveys", surveys.router)
api.add_router("/journeys", journeys.router)
api.add_router("", metrics.router)


rest = Router(auth=None)


@rest.api_operation(
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    "/{path:path}",
    auth=None,
    include_in_schema=False,
)
def nothing_here(request: HttpRequest, path: str) -> HttpResponse:
    """Last of all: an address that is none of the API's."""
    raise Http404


api.add_router("", rest)
