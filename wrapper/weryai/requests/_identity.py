"""What requests are told apart by: what their endpoints are called, and what they ask for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def endpoint_of(operation: str) -> str:
    """What an operation is called by people: the last part of the path of its endpoint."""
    return operation.removeprefix("submit_").replace("_", "-")


def fingerprint(operation: str, payload: Mapping[str, Any]) -> str:
    """Equal for two requests that ask for the same: a SHA-256 in hexadecimal.

    Parameters:
        payload: with `sha256:` and the digest of what a local image holds in its place.
    """
    asked = {"operation": operation, "payload": payload}
    text = json.dumps(asked, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
