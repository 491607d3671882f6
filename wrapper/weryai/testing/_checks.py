"""Every documented limit of a submission, written apart from the client's own checks."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import FormData, UploadFile

from ._models import PAGE_RESOLUTIONS, ROWS
from ._render import MAX_LONG_SIDE, frame_size
from ._scenario import Refusal
from ._variant import Variant

SHOWN = f"at most {MAX_LONG_SIDE} pixels on its long side, the simulator's own limit"
REQUIRED = ("model", "prompt", "images", "aspect_ratio", "duration")
INT64 = 2**63
# RFC 3986: an authority, a path, a query and a fragment behind a scheme.
_SIGN = r"(?:[\w.~!$&'()*+,;=:@-]|%[\dA-Fa-f]{2})"
_AUTHORITY = rf"(?:(?:(?!@){_SIGN})*@)?(?:\[[\dA-Fa-f:.]+\]|(?:(?![:@]){_SIGN})*)(?::\d*)?"
URI = re.compile(
    rf"[A-Za-z][A-Za-z\d+.-]*:(?://{_AUTHORITY}(?=[/?#]|\Z)|(?!//))"
    rf"(?:{_SIGN}|/)*(?:\?(?:{_SIGN}|[/?])*)?(?:#(?:{_SIGN}|[/?])*)?",
    re.ASCII,
)


def check(body: Any, variant: Variant) -> dict[str, Any]:
    """The body of a submission with its whole numbers as int. Raises Refusal."""
    if not isinstance(body, dict):
        raise Refusal(1002, "The body must be an object")
    optional = _optional(body) if variant.aspect_ratio == "optional" else ()
    required = [name for name in REQUIRED if name not in optional or name in body]
    missing = [name for name in required if body.get(name) is None]
    _require(not missing, f"{', '.join(missing)} is required")
    payload: dict[str, Any] = {name: _whole(value) for name, value in body.items()}
    _check_texts(payload)
    _check_images(payload["images"])
    _check_numbers(payload)
    audio = payload.get("generate_audio", False)
    spelled = isinstance(audio, bool) or audio in ("true", "false")
    _require(spelled, "generate_audio must be true or false")
    hook = payload.get("webhook_url", "https://host")
    _require(_is_address(hook), "webhook_url must be an address")
    _check_model(payload)
    return payload


def check_form(form: FormData) -> UploadFile:
    """The file of an upload. Raises Refusal."""
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise Refusal(1002, "Parameter error: file is required")
    for name in ("file", "batch_no", "fixed"):
        _require(len(form.getlist(name)) <= 1, f"{name} may come once")
    _require(isinstance(form.get("batch_no", ""), str), "batch_no must be a string")
    _require(form.get("fixed", "true") in ("true", "false"), "fixed must be true or false")
    return file


def _optional(body: dict[str, Any]) -> tuple[str, ...]:
    """What the vendor's client leaves out of this body: the ratio where a row lists none."""
    bare = [key for key, row in ROWS.items() if not row["aspect_ratios"]]
    return ("aspect_ratio",) if body.get("model") in bare else ()


def _check_texts(body: dict[str, Any]) -> None:
    for name in ("model", "prompt", "aspect_ratio", "negative_prompt", "resolution"):
        _require(isinstance(body.get(name, ""), str), f"{name} must be a string")
    _require(1 <= len(body["prompt"]) <= 2000, "prompt must have 1 to 2000 characters")
    negative = body.get("negative_prompt", "")
    _require(len(negative) <= 1000, "negative_prompt must have at most 1000 characters")


def _check_images(images: Any) -> None:
    _require(isinstance(images, list), "images must be an array")
    _require(1 <= len(images) <= 3, "images must have 1 to 3 items")
    public = all(map(_is_address, images))
    _require(public, "images must be public addresses")


def _check_numbers(body: dict[str, Any]) -> None:
    _require(_is_whole(body["duration"]), "duration must be an integer")
    number = body.get("video_number", 1)
    _require(_is_whole(number) and 1 <= number <= 4, "video_number must be 1, 2, 3 or 4")
    caller = body.get("caller_id", 0)
    _require(_is_whole(caller) and -INT64 <= caller < INT64, "caller_id must be an int64")


def _check_model(body: dict[str, Any]) -> None:
    row = ROWS.get(body["model"])
    if row is None:
        raise Refusal(1006, f"not model: {body['model'][:60]}")
    ratio, ratios = body.get("aspect_ratio", "16:9"), row["aspect_ratios"]
    seconds = ", ".join(map(str, row["durations"]))
    _require(body["duration"] in row["durations"], f"duration must be one of {seconds}")
    resolutions = row["resolutions"] or PAGE_RESOLUTIONS
    resolution = body.get("resolution", resolutions[0])
    _require(resolution in resolutions, f"resolution must be one of {', '.join(resolutions)}")
    possible = ratio in ratios if ratios else _can_be_shown(ratio, resolution)
    told = f"one of {', '.join(ratios)}" if ratios else f"W:H and {SHOWN}"
    _require(possible, f"aspect_ratio must be {told}")


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise Refusal(1002, f"Parameter error: {message}")


def _is_address(value: Any) -> bool:
    return _is_uri(value) and re.match(r"https?://[^\s/?#]", value) is not None


def _is_uri(value: Any) -> bool:
    if not isinstance(value, str) or URI.fullmatch(value) is None:
        return False
    try:
        urlsplit(value)  # looks at the numbers between brackets
    except ValueError:
        return False
    return True


def _can_be_shown(ratio: str, resolution: str) -> bool:
    try:
        frame_size(ratio, resolution)
    except ValueError:
        return False
    return True


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _whole(value: Any) -> Any:
    """JSON knows no integers: 5.0 is one."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
