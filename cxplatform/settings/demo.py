"""What `make demo` runs on: a known key, a local mailbox, plain HTTP on this machine."""

from cxplatform.settings import env
from cxplatform.settings.base import *

SECRET_KEY = SECRET_KEY or DEMO_SECRET_KEY
LINK_KEYS = LINK_KEYS or {1: DEMO_SECRET_KEY}
ALLOWED_HOSTS = ALLOWED_HOSTS or ["*"]
MAILBOX_DIR = VAR / "mailbox"
TIME_ZONE = env.zone("TIME_ZONE", "Europe/Lisbon")
