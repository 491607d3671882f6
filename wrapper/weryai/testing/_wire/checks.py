"""What a submission and an upload may hold: what the contract says, and what no schema can say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jsonschema_rs import ValidationError, ValidationErrorKind
from starlette.datastructures import FormData, UploadFile

from .._films.render import MAX_LONG_SIDE, frame_size
from .contract import MASK, Operation
from .models import PAGE_RESOLUTIONS, rows_of
from .refusals import Refusal
from .variant import Variant

SHOWN = f"at most {MAX_LONG_SIDE} pixels on its long side, the simulator's own limit"
USUAL_RATIO = "16:9"


def check(operation: Operation, body: Any, variant: Variant) -> dict[str, Any]:
    """The body of a submission with its whole numbers as int. Raises Refusal."""
    rows = rows_of(operation.name)
    may_lack_ratio = variant.aspect_ratio == "optional" and _lists_no_ratios(body, rows)
    asked = {"aspect_ratio": USUAL_RATIO} | body if may_lack_ratio else body
    _require_valid(operation, asked)
    payload: dict[str, Any] = {name: _whole(value) for name, value in body.items()}
    _check_model(payload, rows)
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


def _lists_no_ratios(body: Any, rows: Mapping[str, Any]) -> bool:
    """Whether a body asks for a model without ratios, of which the vendor's client sends none."""
    bare = [key for key, row in rows.items() if not row["aspect_ratios"]]
    return isinstance(body, dict) and body.get("model") in bare


def _require_valid(operation: Operation, body: Any) -> None:
    if operation.validator.is_valid(body):
        return
    try:
        operation.validator.validate(body)
    except ValidationError as error:
        raise Refusal(1002, f"Parameter error: {_fault(operation, error, body)}") from None
    except ValueError:  # more arrays in arrays than it can say what is wrong with
        raise Refusal(1002, "Parameter error: a field is nested too deep") from None


def _fault(operation: Operation, error: ValidationError, body: Any) -> str:
    """What is wrong, with the name of the field in the place of its value."""
    if isinstance(error.kind, ValidationErrorKind.Required) and not error.instance_path:
        missing = [name for name in operation.schema["required"] if name not in body]
        return f"{', '.join(missing)} is required"
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path]
    place = "".join(steps).removeprefix(".") or "the body"
    return _words(error).replace(MASK, place)


def _words(error: ValidationError) -> str:
    """What the validator says of a value; in full, where it would leave out what is possible."""
    match error.kind:
        case ValidationErrorKind.Enum(options):
            return f"{MASK} is not one of {', '.join(map(json.dumps, options))}"
        case ValidationErrorKind.AnyOf(branches) | ValidationErrorKind.OneOfNotValid(branches):
            told = [_words(errors[-1]) for errors in branches]
            return " and ".join([told[0], *(each.removeprefix(f"{MASK} ") for each in told[1:])])
    return error.message


def _check_model(body: dict[str, Any], rows: Mapping[str, Any]) -> None:
    row = rows.get(body["model"])
    if row is None:
        raise Refusal(1006, f"not model: {body['model'][:60]}")
    ratio, ratios = body.get("aspect_ratio", USUAL_RATIO), row["aspect_ratios"]
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


def _can_be_shown(ratio: str, resolution: str) -> bool:
    try:
        frame_size(ratio, resolution)
    except ValueError:
        return False
    return True


def _whole(value: Any) -> Any:
    """JSON knows no integers: 5.0 is one."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
