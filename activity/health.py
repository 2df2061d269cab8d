"""Whether the installation works, for balancers and monitors: heartbeats read, nothing probed."""

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from activity.heartbeats import Part, all_well, read_parts


@never_cache
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """This process answers; says nothing of anything else."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while every part shows life, else 503; which part it is, only to staff."""
    try:
        parts = read_parts()
        staff = request.user.is_authenticated
    except DatabaseError:
        return JsonResponse({"status": "down"}, status=503)
    well = all_well(parts)
    answer: dict[str, Any] = {"status": "ok" if well else "down"}
    if staff:
        answer["parts"] = {"database": {"state": "ok"}} | {part.name: _part(part) for part in parts}
    return JsonResponse(answer, status=200 if well else 503)


def _part(part: Part) -> dict[str, Any]:
    return {"state": part.state, "beat_at": part.beat_at}
