"""The door of replies: bytes come in, once, and a clean object goes on.

Behind it no text holds the key, none holds what cannot be encoded, and no object had a name twice:
which of the two values was meant, nobody knows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from .._texts import mended
from .json_values import whole

if TYPE_CHECKING:
    import httpx

    from .._network.deadlines import BoundedBody
    from .._network.key import Key

Cut = Callable[[str], str]
# By which a text of JSON is not what its bytes look like.
SPELLED = b"\\%\0"

# What reading a hostile answer, here or with the generated parsers, can end in.
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, RecursionError, ArithmeticError)


class Headers(Mapping[str, str]):
    """The headers of an answer, by their names in lower case, without cookies. Nobody looks at
    those of most answers, so that they are read when somebody does."""

    __slots__ = ("_block", "_read")

    def __init__(self, block: bytes) -> None:
        """Lines of `name:value`, without the key."""
        self._block = block
        self._read: dict[str, str] | None = None

    def __getitem__(self, name: str) -> str:
        return self._found()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())

    def __repr__(self) -> str:
        return repr(self._found())

    def _found(self) -> dict[str, str]:
        if self._read is None:
            found: dict[str, str] = {}
            for line in self._block.decode("latin-1").split("\n"):
                spelled, parted, value = line.partition(":")
                name = spelled.lower()
                if parted and name != "set-cookie":
                    found[name] = f"{found[name]}, {value}" if name in found else value
            self._read = found
        return self._read


@frozen
class Reply:
    """An answer, read. The generated parsers take it for a response of httpx.

    Attributes:
        status_code: of HTTP.
        raw: the bytes, without the key.
        body: the JSON value, None where it cannot be read.
        fault: why it cannot be read, empty where it can.
        headers: as they came, by their names in lower case, without the key and without cookies.
    """

    status_code: int
    raw: bytes = field(repr=False)
    body: Any = field(repr=False)
    fault: str
    headers: Headers

    @property
    def retry_after(self) -> str | None:
        """The header, None where there is none."""
        return self.headers.get("retry-after")

    def json(self) -> Any:
        """The JSON value. Raises ValueError where it cannot be read."""
        if self.fault:
            raise ValueError(self.fault)
        return self.body

    @property
    def told(self) -> dict[str, Any]:
        """The envelope, empty where the answer is a page or anything else."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def code(self) -> int | None:
        """The business code, None where there is none or it is no whole number."""
        try:
            return whole(self.told.get("status"))
        except (TypeError, ArithmeticError):
            return None


def read(response: httpx.Response, answer: BoundedBody, key: Key) -> Reply:
    """The reply that has arrived. A part of one, or one that is too long, cannot be read."""
    came, body, fault = answer.body, None, ""
    raw = key.cut_part(came) if answer.is_cut else key.cut_bytes(came)
    try:
        if answer.fault:
            raise ValueError(answer.fault)
        body = parse(came, None if raw == came and _is_plain(came) else key.cut)
    except MALFORMED as error:
        # Not the error itself: it may hold the bytes.
        fault = key.cut(str(error)) or type(error).__name__
    return Reply(
        response.status_code,
        raw,
        body,
        fault,
        Headers(key.cut_bytes(b"\n".join(map(b":".join, response.headers.raw)))),
    )


def _is_plain(data: bytes) -> bool:
    """Whether every text of a JSON document stands in its bytes as it is, and can be encoded."""
    return data.isascii() and not any(map(data.__contains__, SPELLED))


def parse(data: bytes | str, cut: Cut | None = str) -> Any:
    """The value of a JSON text, clean. Raises one of MALFORMED.

    Parameters:
        cut: takes the key out of a text. After the parser: JSON spells a character in many ways.
            None where no text needs it.
    """
    if cut is None:
        return PLAIN.decode(data if isinstance(data, str) else data.decode())

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return cut(mended(value))
        left = [value] if isinstance(value, list) else []
        while left:  # lists in lists; what is an object has been here before
            items = left.pop()
            for place, item in enumerate(items):
                if isinstance(item, str):
                    items[place] = cut(mended(item))
                elif isinstance(item, list):
                    left.append(item)
        return value

    def cleaned(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return _told_once([(clean(name), clean(value)) for name, value in pairs])

    return clean(json.loads(data, object_pairs_hook=cleaned))


def _told_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object that has a name twice")
    return found


PLAIN = json.JSONDecoder(object_pairs_hook=_told_once)
