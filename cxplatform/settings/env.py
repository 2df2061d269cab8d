"""The environment, read once and loudly: a value that makes no sense stops the start."""

import logging
import os
import zoneinfo
from email.utils import parseaddr
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Celery, RQ and the cache each use a numbered database, one after the other.
REDIS_DATABASES = 3
REDIS_LAST_FIRST = 16 - REDIS_DATABASES
YES = {"1", "true", "yes", "on"}
BROKERS = {"amqp", "amqps", "pyamqp", "redis", "rediss", "redis+socket"}
NO = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def required(name: str, *, why: str) -> str:
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"Set {name}: {why}")
    return value


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in YES:
        return True
    if value.strip().lower() in NO:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no. Use 1 or 0.")


def number(name: str, default: int, *, low: int = 0, high: int = 2**31) -> int:
    value = text(name, str(default))
    try:
        result = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.") from None
    if not low <= result <= high:
        raise ImproperlyConfigured(f"{name}={value!r} is outside {low} to {high}.")
    return result


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def keys(name: str, default: str = "") -> dict[int, str]:
    """Numbered keys, `1:first,2:second`; the highest number signs, all of them verify."""
    result = {}
    for entry in words(name, default):
        number_, colon, key = entry.partition(":")
        if not colon or not number_.isdigit() or len(key) < 16:
            raise ImproperlyConfigured(
                f"{name} wants entries like 1:LONGKEY, keys of at least 16 characters."
            )
        result[int(number_)] = key
    return result


def zone(name: str, default: str) -> str:
    value = text(name) or default
    try:
        zoneinfo.ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ImproperlyConfigured(
            f"{name}={value!r} is no time zone. Use a name like Europe/Lisbon or UTC."
        ) from None
    return value


def log_level(name: str, default: str) -> str:
    value = text(name).upper() or default
    if value not in logging.getLevelNamesMapping():
        raise ImproperlyConfigured(f"{name}={value!r} is no level. Use DEBUG, INFO or WARNING.")
    return value


def site(name: str, default: str = "") -> str:
    """Where people reach the site: scheme and host; pages lie at the root of it."""
    value = text(name) or default
    parts = _split(name, value, {"http", "https"}, like="https://cx.example")
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"{name}={value!r} is not like https://cx.example, no path.")
    return value.rstrip("/")


def sender(name: str, default: str) -> str:
    value = text(name) or default
    if "@" not in parseaddr(value)[1]:
        raise ImproperlyConfigured(
            f"{name}={value!r} is no sender. Use one like Aurora <cx@aurora.example>."
        )
    return value


def database(url: str) -> dict[str, object]:
    """A Django database entry from postgresql://user:password@host:port/name?host=/folder."""
    parts = _split(
        "DATABASE_URL", url, {"postgres", "postgresql"}, like="postgresql://user:password@host/name"
    )
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    host = query.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "cxplatform",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": {"connect_timeout": "10"} | query,
    }


def redis(url: str) -> str:
    """An address of Redis; raises ImproperlyConfigured on anything else."""
    parts = _split(
        "REDIS_URL", url, {"redis", "rediss", "unix"}, like="redis://:password@host:6379"
    )
    if not _redis_number(parts).isdigit():
        raise ImproperlyConfigured("REDIS_URL names a database that is not a number.")
    return url


def redis_first(url: str) -> int:
    """The first of our numbered databases: REDIS_FIRST, or the one the address names."""
    named = int(_redis_number(urlsplit(url)))
    if not text("REDIS_FIRST") and named > REDIS_LAST_FIRST:
        raise ImproperlyConfigured(
            f"REDIS_URL names database {named}, and {REDIS_DATABASES} in a row are used. "
            f"Name one from 0 to {REDIS_LAST_FIRST}."
        )
    return number("REDIS_FIRST", min(named, REDIS_LAST_FIRST), high=REDIS_LAST_FIRST)


def broker(redis_url: str, number_: int) -> str:
    """CELERY_BROKER_URL, or our Redis as Celery spells it: a unix socket has its own scheme."""
    given = text("CELERY_BROKER_URL")
    if given:
        _split("CELERY_BROKER_URL", given, BROKERS, like="amqp://user:password@host:5672")
        return given
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_database(redis_url, number_)
    secret = f":{parts.password}@" if parts.password else ""
    return f"redis+socket://{secret}{parts.path}?virtual_host={number_}"


def redis_database(redis_url: str, number_: int) -> str:
    """The same server, another numbered database."""
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        return parts._replace(query=f"db={number_}").geturl()
    return parts._replace(path=f"/{number_}").geturl()


def mailer(url: str) -> dict[str, object]:
    """One entry of MAILERS from smtp://user:password@host:port or smtps:// or smtp+tls://."""
    parts = _split("SMTP_URL", url, {"smtp", "smtps", "smtp+tls"}, like="smtp://host:25")
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname or "localhost",
            "port": parts.port or (465 if parts.scheme == "smtps" else 25),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_tls": parts.scheme == "smtp+tls",
            "use_ssl": parts.scheme == "smtps",
            "timeout": 30,
        },
    }


def _redis_number(parts: SplitResult) -> str:
    named = parse_qs(parts.query).get("db", [""])[-1]
    return named or ("" if parts.scheme == "unix" else parts.path.strip("/")) or "0"


def _split(name: str, url: str, schemes: set[str], *, like: str) -> SplitResult:
    """The parts of an address; an error does not repeat it, since it may hold a password."""
    try:
        parts = urlsplit(url)
        understood = parts.scheme in schemes and (parts.port or 1) > 0
    except ValueError:
        understood = False
    if not understood:
        raise ImproperlyConfigured(f"{name} is not an address like {like}.")
    return parts
