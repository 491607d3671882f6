"""What the tests of manifests share: how one is read, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from weryai.batch import Manifest

Read = Callable[..., Manifest]
# What a test does not care about is filled in.
DEFAULTS = {"prompt": "The sun sets", "model": "KLING_O1", "aspect_ratio": "16:9", "duration": "5"}


def told(manifest: Manifest) -> list[str]:
    """Its faults, as they are read."""
    return [str(fault) for fault in manifest.faults]


def payloads(manifest: Manifest) -> list[dict[str, Any]]:
    """What its rows would send; nothing may be wrong with it."""
    assert told(manifest) == []
    return [row.request.payload() for row in manifest.rows]
