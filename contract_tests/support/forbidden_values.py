"""Values that the contract forbids, written apart from it; client and simulator refuse them."""

from __future__ import annotations

from typing import Any

import pytest

ADDRESS = "https://example.com/a.jpg"
REQUIRED = ("model", "prompt", "images", "aspect_ratio", "duration")
# By field of the request. None is JSON's null; to the client it means that a field is left out.
BAD: dict[str, list[Any]] = {
    "model": [None, 1, ["KLING_O1"]],
    "prompt": [None, "", "x" * 2001, 1, ["x"]],
    "images": [None, [], [ADDRESS] * 4, ADDRESS, {"0": ADDRESS}, [None], [1], [[]], [[ADDRESS]]],
    "aspect_ratio": [None, 1, ["1:1"]],
    "duration": [None, 0, -5, 5.5, "5", True, [5]],
    "negative_prompt": [None, "x" * 1001, 1],
    "video_number": [None, 0, 5, -1, 1.5, "1", True, [1]],
    "resolution": [None, 720],
    "generate_audio": [None, 1, 0, "True", "", "yes", [], {}],
    "webhook_url": [None, "", "example.com/hook", "https://a b", "mailto:a@b.c", "https:///a", 1],
    "caller_id": [None, 2**63, -(2**63) - 1, 1.5, "1", True, 1e300],
}


def each(table: dict[str, list[Any]]) -> pytest.MarkDecorator:
    """One run for each field and value."""
    pairs = [(name, value) for name in table for value in table[name]]
    return pytest.mark.parametrize(("name", "value"), pairs, ids=lambda value: f"{value}"[:40])
