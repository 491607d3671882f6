"""The columns of a manifest: the fields of the classes of requests, and a few of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from weryai import REQUESTS
from weryai.requests import Image, Parameter, endpoint_of

# What a row says that is no field of its request.
ID, OUTPUT, ENDPOINT = "id", "output", "endpoint"

# What each endpoint takes, field by field, the usual endpoint first.
FIELDS: Mapping[str, Mapping[str, Parameter]] = {
    endpoint_of(operation): {field.name: field for field in kind.parameters()}
    for operation, kind in REQUESTS.items()
}
OPERATIONS: Mapping[str, str] = {endpoint_of(operation): operation for operation in REQUESTS}
EVERY: Mapping[str, Parameter] = {
    name: field for own in FIELDS.values() for name, field in own.items()
}
# The columns for one image each of a list, such as image1, and the list.
NUMBERED: Mapping[str, str] = {
    f"{name.removesuffix('s')}{number}": name
    for name, field in EVERY.items()
    if field.annotation == Sequence[Image]
    for number in range(1, int(field.limits.most_items or 0) + 1)
}
# The columns that show images, in the order in which a request shows them.
PICTURES = (
    *(name for name, field in EVERY.items() if field.annotation in (Image, Sequence[Image])),
    *NUMBERED,
)
COLUMNS = (ID, OUTPUT, ENDPOINT, *EVERY, *NUMBERED)

# A spreadsheet whose column has empty cells may write whole numbers as 5.0.
WHOLE = re.compile(r"([+-]?[0-9]{1,20})(?:\.0*)?")
TRUE, FALSE = ("true", "yes", "y", "on", "1"), ("false", "no", "n", "off", "0")
FLAGS = dict.fromkeys(TRUE, True) | dict.fromkeys(FALSE, False)


def column(name: str) -> str:
    """What a column is called, however it is written: `Aspect Ratio` is aspect_ratio."""
    return re.sub(r"[\s-]+", "_", name.strip().lower())


def converted(name: str, text: str) -> Any:
    """The value that a cell of text stands for. One that stands for none stays as it is: the
    request refuses that, with its other faults."""
    field = EVERY.get(name)
    return text if field is None else READ[field.annotation](text)


def _whole(text: str) -> int | str:
    found = WHOLE.fullmatch(text)
    return int(found[1]) if found else text


def _flag(text: str) -> bool | str:
    return FLAGS.get(text.lower(), text)


def _images(text: str) -> list[str]:
    return [part for each in text.split(";") if (part := each.strip())]


# By annotation.
READ: Mapping[Any, Callable[[str], Any]] = {
    Sequence[Image]: _images,
    Image: str,
    str: str,
    int: _whole,
    bool: _flag,
}
