"""What stands in the bytes of a body."""

from __future__ import annotations

import functools
import json
import re
from email import message_from_bytes
from typing import Any, NoReturn

from contract_tests.coverage.schemas import FORM, JSON, TEXT, Node

MEDIA = {"application/json": JSON, "multipart/form-data": FORM, "text/html": TEXT}


def carried(media: str) -> str:
    """What a body of this type can carry, see schemas.py."""
    if media not in MEDIA:
        raise ValueError(f"not counted so far, see coverage/bodies.py: {media}")
    return MEDIA[media]


def media_of(content_type: str) -> str:
    """The media type in a header."""
    return content_type.partition(";")[0].strip().lower()


def read(content_type: str, body: bytes, node: Node) -> Any:
    """The value of a body.

    Parameters:
        content_type: the whole header.
        node: what the contract says of it: the fields of a form are texts, and it knows of what.

    Raises:
        ValueError: it is not of this type.
    """
    match carried(media_of(content_type)):
        case "json":
            try:
                return json.loads(body, parse_constant=_refused)
            except RecursionError as error:
                raise ValueError("nested too deeply to be read") from error
        case "text":
            return body.decode()
    return _form(content_type, body, node)


def _refused(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN, which Python reads and JSON does not have


def _form(content_type: str, body: bytes, node: Node) -> dict[str, Any]:
    boundary = re.search(r'boundary="?([^";]+)', content_type)
    if boundary is None:
        raise ValueError("not a form")
    _, *parts, end = (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode())
    if not (parts and end.startswith(b"--")):
        raise ValueError("not a form")
    return node.read_fields(dict(map(_field, parts)))


@functools.lru_cache(maxsize=100)  # the boundary is another each time, what is sent is the same
def _field(part: bytes) -> tuple[str, str]:
    told: Any = message_from_bytes(part.removeprefix(b"\r\n"))
    name = told.get_param("name", header="content-disposition")
    return str(name), told.get_payload(decode=True).decode("latin-1")
