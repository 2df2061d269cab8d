from collections.abc import Iterator

import pytest

from tests.surveys.smtp import Sink


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    """Where mail goes in this test."""
    server = Sink().start()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": server.port, "timeout": 5},
        }
    }
    yield server
    server.stop()
