"""One process for all that comes before the first page: tables, static files, sample data."""

import argparse
import sys
import traceback
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import NotSupportedError, OperationalError, connection
from redis import Redis, RedisError

from cxplatform.celery import app
from cxplatform.launch.errors import NO_LOGINS, SAID, LaunchError
from cxplatform.launch.plan import LOGINS, VAR

PATIENCE = 5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--empty", action="store_true", help="leave the sample data out")
    parser.add_argument("--fresh", action="store_true", help="make the sample data anew")
    asked = parser.parse_args()
    try:
        prepare(empty=asked.empty, fresh=asked.fresh)
        return 0 if _has_logins() else NO_LOGINS
    except (ImproperlyConfigured, CommandError, LaunchError) as error:
        return _say(str(error))
    except OperationalError as error:
        traceback.print_exc()
        return _say(f"PostgreSQL stopped in between: {_in_one_line(error)}.")
    except OSError as error:
        traceback.print_exc()
        return _say(f"{error.filename or VAR}: {error.strerror}.")


def prepare(*, empty: bool, fresh: bool) -> None:
    django.setup()
    reach_servers()
    call_command("migrate", interactive=False, verbosity=1)
    if settings.STATIC_ROOT:
        call_command("collectstatic", interactive=False, verbosity=0)
    if empty:
        print("No sample data added.")
    else:
        call_command("demo_data", *(["--fresh"] if fresh else []))


def reach_servers() -> None:
    """Raises LaunchError naming the variable whose server does not let us in."""
    try:
        connection.ensure_connection()
    except (OperationalError, NotSupportedError) as error:
        raise LaunchError(_out_of_reach("DATABASE_URL", settings.DATABASE_URL, error)) from error
    cache = str(settings.CACHES["default"]["LOCATION"])
    try:
        Redis.from_url(cache, socket_connect_timeout=PATIENCE).ping()
    except (RedisError, OSError) as error:
        raise LaunchError(_out_of_reach("REDIS_URL", settings.REDIS_URL, error)) from error
    with app.connection_for_write() as broker:
        try:
            broker.connect()
        except (*broker.connection_errors, *broker.channel_errors) as error:
            said = _out_of_reach("CELERY_BROKER_URL", settings.CELERY_BROKER_URL, error)
            raise LaunchError(said) from error


def _has_logins() -> bool:
    return get_user_model().objects.filter(email=f"{LOGINS[0]}@cx.example").exists()


def _out_of_reach(name: str, url: str, error: Exception) -> str:
    """The server without its password, and what it or the way to it said last."""
    parts = urlsplit(url)
    where = parts.hostname or parts.path
    said = _in_one_line(error)
    return f"The server of {name} ({where}) cannot be used: {said}. Start it, or change {name}."


def _in_one_line(error: Exception) -> str:
    return " ".join((str(error) or type(error).__name__).split()).rstrip(".?")


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return SAID


if __name__ == "__main__":
    sys.exit(main())
