import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxplatform.settings.prod")

_serve = get_wsgi_application()
_OURS = frozenset(os.environ)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The site, without the process's own environment.

    Servers hand it over with every request; what keeps a request (a session that waits for a
    password, an error report) would keep the secrets in it.
    """
    for name in _OURS & environ.keys():
        del environ[name]
    return _serve(environ, start_response)
