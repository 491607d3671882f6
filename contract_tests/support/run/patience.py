"""How long tests wait for what is bound to happen, on a machine that has much else to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

SECONDS = 90.0  # less than the limit of one test, so that what did not happen is named


def until(holds: Callable[[], Any]) -> None:
    """Wait for what happens on another thread."""
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"it did not happen within {SECONDS:.0f} s"
        time.sleep(0.01)
