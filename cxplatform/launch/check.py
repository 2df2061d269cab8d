"""`make check`: what CI runs besides the tests; every step runs, the failed ones are named last."""

import os
import secrets
import subprocess
import sys

from cxplatform.launch import servers
from cxplatform.launch.errors import LaunchError, explain
from cxplatform.launch.plan import ROOT, VAR
from cxplatform.launch.terminal import fail, say

MODULE = [sys.executable, "-m"]
MANAGE = [sys.executable, "manage.py"]
STEPS: dict[str, list[str]] = {
    "lint": [*MODULE, "ruff", "check", "."],
    "format": [*MODULE, "ruff", "format", "--check", "."],
    "types": [*MODULE, "mypy", "."],
    "arrows": [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
    "templates": [*MODULE, "djlint", "templates", "--lint", "--quiet"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "access": [*MANAGE, "check_access"],
    "deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
}
SETTINGS = {
    "migrations": "cxplatform.settings.test",
    "access": "cxplatform.settings.test",
    "deployment": "cxplatform.settings.prod",
}


def throwaway(addresses: servers.Addresses) -> dict[str, str]:
    """An environment as an administrator would set it, with secrets nobody will use again."""
    return {
        "DATABASE_URL": addresses.database_url,
        "REDIS_URL": addresses.redis_url,
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "cx.example",
        "SITE_URL": "https://cx.example",
        "SMTP_URL": "smtp://127.0.0.1:25",
        "DEFAULT_FROM_EMAIL": "surveys@cx.example",
    }


def run(name: str, given: dict[str, str]) -> bool:
    """Runs one step and shows what it prints; True when it passed."""
    say(name)
    env = dict(os.environ)
    if name in SETTINGS:
        env |= given | {"DJANGO_SETTINGS_MODULE": SETTINGS[name]}
    return subprocess.run(STEPS[name], cwd=ROOT, env=env, check=False).returncode == 0


def main() -> int:
    try:
        with servers.borrowed(VAR / "test", durable=False) as addresses:
            given = throwaway(addresses)
            failed = [name for name in STEPS if not run(name, given)]
    except (LaunchError, OSError) as error:
        return fail(explain(error, VAR))
    if failed:
        return fail(f"make check failed: {', '.join(failed)}. What to change stands above.")
    say("make check passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
