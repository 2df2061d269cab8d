"""Errors as RFC 9457 says them: application/problem+json, with a sentence that says what to do."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

CONTENT_TYPE = "application/problem+json"


class FieldError(Schema):
    """What is wrong with one part of the request."""

    field: str
    message: str


class Problem(Schema):
    """Why a request was refused."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []


# What every route may answer besides its own; the schema names them.
PROBLEMS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422, 429), Problem)


class Refused(Exception):
    """The request can't be carried out as it is."""

    def __init__(self, status: int, detail: str, *, errors: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.errors = [{"field": field, "message": message} for field, message in errors]


def problem(
    status: int,
    detail: str,
    errors: Sequence[dict[str, str]] = (),
    *,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": list(errors),
    }
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE, headers=headers)


def describe(responses: dict[Any, Any]) -> None:
    """In the schema too, errors have their own content type."""
    for status, response in responses.items():
        if int(status) >= HTTPStatus.BAD_REQUEST and "content" in response:
            response["content"] = {CONTENT_TYPE: response["content"].pop("application/json")}


def install(api: NinjaAPI) -> None:
    """Every way a request can fail, as a problem."""

    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        return problem(error.status, error.detail, error.errors)

    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        detail = _("Send a valid token: “Authorization: Bearer cx_…”. Make one on your profile.")
        return problem(401, detail, headers={"WWW-Authenticate": 'Bearer realm="CXplatform"'})

    def forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return problem(403, str(error) or _("The token’s owner may not do this."))

    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(404, _("There is nothing here, or nothing you may see."))

    def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        return problem(413, _("The request is larger than this server takes."))

    def other(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, str(error))

    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem(422, _("The request does not fit the schema."), _places(error.errors))

    answers: dict[Any, Any] = {
        Refused: refused,
        AuthenticationError: unknown,
        PermissionDenied: forbidden,
        Http404: missing,
        RequestDataTooBig: too_big,
        HttpError: other,
        ValidationError: invalid,
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, answer)


def errors_of(form: Form, **names: str) -> list[tuple[str, str]]:
    """A form's errors, by what the API calls the fields; `__all__` is the request as such."""
    return [
        (names.get(field, field), str(sentence))
        for field, sentences in form.errors.items()
        for sentence in sentences
    ]


def _places(errors: Sequence[Any]) -> list[dict[str, str]]:
    """Pydantic's findings without the values they quote, which may be personal."""
    return [
        {
            "field": ".".join(str(part) for part in error.get("loc", ())),
            "message": str(error.get("msg", "")),
        }
        for error in errors
    ]
