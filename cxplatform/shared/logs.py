"""Logs are kept and copied: what gives access to somebody's answers never stands in them."""

import logging
import re

_LINK = re.compile(r"(/(?:r|t|u|share|s/[^/\s]+)/)[\w.~%-]{20,}")


class HideLinkTokens(logging.Filter):
    """Leaves of a stranger's link only what it is for."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        hidden = _LINK.sub(r"\1…", said)
        if hidden != said:
            record.msg, record.args = hidden, ()
        return True
