import json

import pytest
from django.test import Client

from integrations.models import TokenScope
from integrations.tokens import make_token


class Caller:
    """A program with a token."""

    def __init__(self, user, scopes=TokenScope.values) -> None:
        _token, self.key = make_token(user, name="test", scopes=scopes)
        self.client = Client(headers={"authorization": f"Bearer {self.key}"})

    def get(self, path, query=None, **headers):
        return self.client.get(f"/api/v1{path}", query, headers=headers)

    def post(self, path, data=None, **headers):
        return self.client.post(
            f"/api/v1{path}", json.dumps(data), content_type="application/json", headers=headers
        )

    def upload(self, path, **form):
        return self.client.post(f"/api/v1{path}", form)


@pytest.fixture
def caller(designer) -> Caller:
    return Caller(designer)


@pytest.fixture
def caller_of():
    return Caller
