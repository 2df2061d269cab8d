import logging

import pytest

from cxplatform.shared.logs import HideLinkTokens


@pytest.mark.parametrize("path", ["/r/{}/", "/t/{}/", "/u/{}/", "/share/{}/", "/s/flight/{}/"])
def test_hides_link_tokens_from_logs(path):
    token = "bRZSyUrqS6GhfPKaStzwCA1.ivQ6Mt9_DSKz0ZyvhVgAUUDI"
    record = logging.LogRecord("x", 20, "", 1, "Gone: %s", (path.format(token),), None)
    assert HideLinkTokens().filter(record)
    assert record.getMessage() == "Gone: " + path.format("…")
