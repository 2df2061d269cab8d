"""What an organisation runs on: every secret from the environment, TLS in front."""

from urllib.parse import urlsplit

from cxplatform.settings import env
from cxplatform.settings.base import *

SECRET_KEY = env.required("SECRET_KEY", why="a long random text that signs sessions.")
env.required("SITE_URL", why="the address people reach this on, https://…")
env.required("DATABASE_URL", why="the PostgreSQL server; only the demo and the tests bring one.")
env.required("REDIS_URL", why="the Redis or Valkey server; only the demo and the tests bring one.")
LINK_KEYS = LINK_KEYS or {1: SECRET_KEY}
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", urlsplit(SITE_URL).hostname or "")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^healthz$"]
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.flag("SECURE_HSTS_PRELOAD", default=True)
REQUIRE_SECOND_FACTOR = env.flag("REQUIRE_SECOND_FACTOR", default=True)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
