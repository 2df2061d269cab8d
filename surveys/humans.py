"""Whether a sending looks like a person's. Suspicion costs one more click, never an answer."""

import re
import time

from django.http import HttpRequest

from surveys.formtokens import GO

# No person sends a page this soon after it was made.
FASTEST_PERSON = 1.0
# Some people steer their browser by tools that look like scripts. After so many further clicks
# the page shows a box to tick, which no script finds by itself, and then anybody is believed.
BOX_AFTER = 2

_SCANNERS = re.compile(
    r"barracuda|proofpoint|mimecast|safelinks|fireeye|trendmicro|symantec|forcepoint|sophos"
    r"|messagelabs|ironport|googleimageproxy|yahoomailproxy|bingpreview|bingbot|googlebot"
    r"|slackbot|facebookexternalhit|linkpreview|urlscan|headlesschrome.*scan",
    re.IGNORECASE,
)
# Those that tell a click from a script by a header; others must not be judged by its absence.
_TELLS_CLICKS = re.compile(r"\b(?:Chrome|Firefox)/\d")


def suspicion(request: HttpRequest, issued: float | None) -> str:
    """Why a POST may be a machine's, "" where nothing speaks for that. `issued`: of its form."""
    headers = request.headers
    agent = headers.get("User-Agent", "")
    if _SCANNERS.search(agent):
        return "scanner"
    if "prefetch" in headers.get("Sec-Purpose", headers.get("Purpose", "")).lower():
        return "prefetch"
    if issued is None:
        return "no form"
    if GO not in request.POST:
        return "no button"
    if headers.get("Sec-Fetch-User") == "?1":
        return ""
    if headers.get("Sec-Fetch-Mode") == "navigate" and _TELLS_CLICKS.search(agent):
        return "script"
    return "too fast" if time.time() - issued < FASTEST_PERSON else ""
