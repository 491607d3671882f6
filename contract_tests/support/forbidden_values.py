"""What each paid operation requires, and values that it forbids, written apart from the contract;
client and simulator refuse them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

ADDRESS = "https://example.com/a.jpg"
# By operationId.
REQUIRED = {
    "submit_multi_image_to_video": ("model", "prompt", "images", "aspect_ratio", "duration"),
    "submit_image_to_video": ("model", "prompt", "image", "aspect_ratio", "duration"),
    "submit_first_last_image_to_video": (
        "model",
        "prompt",
        "first_pic_url",
        "end_pic_url",
        "aspect_ratio",
        "duration",
    ),
}
# By field of a request. None is JSON's null; to the client it means that a field is left out.
_SHARED: dict[str, list[Any]] = {
    "model": [None, 1, ["KLING_O1"]],
    "prompt": [None, "", "x" * 2001, 1, ["x"]],
    "aspect_ratio": [None, 1, ["1:1"]],
    "duration": [None, 0, -5, 5.5, "5", True, [5]],
    "negative_prompt": [None, "x" * 1001, 1],
    "video_number": [None, 0, 5, -1, 1.5, "1", True, [1]],
    "resolution": [None, 720],
    "generate_audio": [None, 1, 0, "True", "", "yes", [], {}],
    "webhook_url": [None, "", "example.com/hook", "https://a b", "mailto:a@b.c", "https:///a", 1],
    "caller_id": [None, 2**63, -(2**63) - 1, 1.5, "1", True, 1e300],
}
_IMAGES: list[Any] = [
    None,
    [],
    [ADDRESS] * 4,
    ADDRESS,
    {"0": ADDRESS},
    [None],
    [1],
    [[]],
    [[ADDRESS]],
]
_IMAGE: list[Any] = [None, 1, [ADDRESS], {"url": ADDRESS}, "https://a b", "data:image/png,A"]
BAD: dict[str, dict[str, list[Any]]] = {
    "submit_multi_image_to_video": {**_SHARED, "images": _IMAGES},
    "submit_image_to_video": {**_SHARED, "image": _IMAGE},
    "submit_first_last_image_to_video": {
        **_SHARED,
        "first_pic_url": _IMAGE,
        "end_pic_url": _IMAGE,
    },
}


def rows(table: Mapping[str, Mapping[str, Iterable[Any]]]) -> list[tuple[str, str, Any]]:
    """Each operation, field and value."""
    return [
        (operation, name, value)
        for operation, fields in table.items()
        for name, values in fields.items()
        for value in values
    ]
