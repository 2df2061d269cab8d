"""What the tests run on: servers and files of their own, quick hashes."""

import os
from pathlib import Path

from cxplatform.settings import env

os.environ.setdefault("CX_VAR", str(Path(__file__).resolve().parents[2] / "var" / "test"))
# Parallel test processes share one Redis, three databases each; so do the workers they start.
if "PYTEST_XDIST_WORKER" in os.environ:
    _process = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
    _first = int(
        os.environ.setdefault("CX_TEST_REDIS", str(env.redis_first(env.text("REDIS_URL"))))
    )
    _rooms = (16 - _first) // env.REDIS_DATABASES
    os.environ["REDIS_FIRST"] = str(_first + env.REDIS_DATABASES * (_process % _rooms))

from cxplatform.settings.base import *  # noqa: E402, F403

SECRET_KEY = "test-secret-key-of-a-sufficient-length-for-signing-things"  # noqa: S105
LINK_KEYS = {1: "test-link-key-0123456789abcdef"}
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
TIME_ZONE = "UTC"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
MAILBOX_DIR = VAR / "mailbox"
DATABASES["default"]["CONN_MAX_AGE"] = 0
ACCOUNT_RATE_LIMITS = {"login_failed": "50/m/ip"}
