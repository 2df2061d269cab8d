import io

import pytest

from cxplatform import wsgi


def test_keeps_the_process_environment_out_of_requests(monkeypatch):
    seen = {}
    monkeypatch.setattr(wsgi, "_OURS", frozenset({"SECRET_KEY", "HTTP_PROXY"}))
    monkeypatch.setattr(wsgi, "_serve", lambda environ, _start: seen.update(environ) or [b""])
    environ = {"SECRET_KEY": "s", "HTTP_PROXY": "p", "PATH_INFO": "/", "wsgi.input": io.BytesIO()}

    wsgi.application(environ, None)

    assert set(seen) == {"PATH_INFO", "wsgi.input"}


@pytest.mark.parametrize("name", ["PATH", "HOME"])
def test_knows_the_environment_it_was_started_in(name, monkeypatch):
    assert name in wsgi._OURS
