"""What a person at the terminal reads while the platform starts and runs."""

import os
import sys
import time

_BEGAN = time.time()


def say(text: str) -> None:
    """One line with the seconds since the command was given."""
    print(f"[{_elapsed():3.0f} s] {text}", flush=True)


def tell(text: str) -> None:
    """Lines without a clock: addresses, logins."""
    print(text, flush=True)


def fail(text: str) -> int:
    """Says what is in the way; returns the exit code."""
    print(text, file=sys.stderr, flush=True)
    return 1


def _elapsed() -> float:
    began = os.environ.get("CX_STARTED", "")
    return max(0.0, time.time() - (float(began) if began.isdigit() else _BEGAN))
