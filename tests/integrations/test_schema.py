"""The whole schema, tried by generated requests: never a 5xx, always as the schema says."""

from contextlib import contextmanager

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cxplatform.wsgi import application
from integrations.api import api
from integrations.models import TokenScope
from integrations.tokens import make_token
from metrics.services import define_missing
from tests.metrics.factories import answer_many
from tests.metrics.factories import make_survey as make_counted_survey
from tests.surveys.factories import make_survey

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


ROUTES = [
    (method, path)
    for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
    for method in methods
]
QUIET = list(HealthCheck)


@pytest.fixture
def schema(designer, settings):
    settings.API_PER_MINUTE = settings.API_STRANGERS_PER_MINUTE = 100_000
    settings.ALLOWED_HOSTS = ["*"]
    cache.clear()
    make_survey(designer)
    answer_many(make_counted_survey(designer), [9] * 12)
    define_missing()
    # A server closes a stale connection after a request; here the test's own would go with it.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_keeps_its_schema_whatever_is_sent(schema, designer, method, path):
    _token, key = make_token(designer, name="schemathesis", scopes=TokenScope.values)

    @settings(max_examples=15, deadline=None, suppress_health_check=QUIET)
    @given(case=schema[path][method].as_strategy())
    def ask(case):
        # One token for all: what is generated in its place is the strangers' business, below.
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {key}"}
        with undone():
            case.call_and_validate(checks=CHECKS)

    ask()


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_refuses_strangers_everywhere(schema, method, path):
    @settings(max_examples=3, deadline=None, suppress_health_check=QUIET)
    @given(case=schema[path][method].as_strategy())
    def ask(case):
        assert case.call(headers={"Authorization": "Bearer cx_guessed"}).status_code == 401

    ask()


@contextmanager
def undone():
    """Each request meets the same database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
