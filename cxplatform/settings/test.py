"""What the tests run on: servers and files of their own, quick hashes."""

import os
from pathlib import Path

os.environ.setdefault("CX_VAR", str(Path(__file__).resolve().parents[2] / "var" / "test"))
# Parallel test processes share one Redis, three databases each.
if "PYTEST_XDIST_WORKER" in os.environ:
    _process = os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")
    os.environ["REDIS_FIRST"] = str(3 * (int(_process) % 5))

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
