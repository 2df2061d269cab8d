from typing import Any

from django.db import connection
from rq import Worker

from activity.heartbeats import beat


class WatchedWorker(Worker):
    """RQ's worker, whose signs of life `/healthz` reads; also from the middle of a long job."""

    def heartbeat(self, *args: Any, **kwargs: Any) -> None:
        super().heartbeat(*args, **kwargs)
        beat("rq")
        # The process of the next job must not inherit this connection.
        connection.close()
