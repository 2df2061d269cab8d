from collections.abc import Iterator

import pytest
import time_machine

NOW = "2026-11-20T12:00:00Z"


@pytest.fixture
def fixed_day() -> Iterator[None]:
    """Ten days after what the factories write."""
    with time_machine.travel(NOW, tick=False):
        yield
