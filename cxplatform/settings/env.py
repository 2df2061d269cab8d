"""The environment, read once and loudly: a value that makes no sense stops the start."""

import os
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on"}
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


def database(url: str) -> dict[str, object]:
    """A Django database entry from postgresql://user:password@host:port/name?host=/folder."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    options: dict[str, object] = {
        key: unquote(value) for key, value in query.items() if key != "host"
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "cxplatform",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", "")) or (parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def broker(redis_url: str, number_: int) -> str:
    """Celery's spelling of a Redis address; a unix socket has its own scheme there."""
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
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps", "smtp+tls"}:
        raise ImproperlyConfigured("SMTP_URL must start with smtp://, smtp+tls:// or smtps://")
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
