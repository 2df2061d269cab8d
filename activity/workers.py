from typing import Any

from django.db import connection
from rq import Worker
from rq.serializers import JSONSerializer

from activity.heartbeats import beat


class WatchedWorker(Worker):
    """RQ's worker, whose signs of life `/healthz` reads; also from the middle of a long job."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Whatever the command line says: our queues carry JSON, and never pickles.
        super().__init__(*args, **kwargs | {"serializer": JSONSerializer})

    def heartbeat(self, *args: Any, **kwargs: Any) -> None:
        super().heartbeat(*args, **kwargs)
        beat("rq")
        # The process of the next job must not inherit this connection.
        connection.close()
