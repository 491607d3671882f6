"""What the docstrings of request classes say of their parameters."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import NOTHING, frozen

from weryai_api.limits import Limits

from ._fields import Check

SECTION = re.compile(r"^Parameters:\n((?:    .*\n|\n)*)", re.MULTILINE)
PARAMETER = re.compile(r"^    (\w+): (.*(?:\n {8,}.*)*)", re.MULTILINE)


@frozen
class Parameter:
    """One field of a request.

    Attributes:
        name: as it is given, and sent.
        annotation: the type of its values, without None: `str`, `int`, `bool`, `Image` or
            `Sequence[Image]`.
        required: whether it must be given.
        default: what it is where it is left out; None where it is required.
        limits: what the contract allows.
        help: what it means, on one line; empty under `python -OO`.
    """

    name: str
    annotation: Any
    required: bool
    default: Any
    limits: Limits
    help: str


def parameters_of(request: type[Any], checks: Iterable[Check]) -> tuple[Parameter, ...]:
    """The parameters of a class that `documented` has documented."""
    texts = _texts(inspect.getdoc(request) or "")
    return tuple(
        Parameter(
            check.name,
            check.annotation,
            check.required,
            None if check.default is NOTHING else check.default,
            check.limits,
            " ".join(texts.get(check.name, "").split()),
        )
        for check in checks
    )


def documented(request: type[Any], names: Sequence[str]) -> str | None:
    """The docstring of a class, with all of its parameters in this order: what its own does not
    say of one is what the next of its bases says. None where docstrings are stripped."""
    docs = [inspect.cleandoc(each.__doc__) for each in request.__mro__[:-1] if each.__doc__]
    if len(docs) < len(request.__mro__) - 1:
        return request.__doc__
    known: dict[str, str] = {}
    for doc in reversed(docs):
        known |= _texts(doc)
    lines = "".join(f"    {name}: {known[name]}\n" for name in names)
    return SECTION.sub(lambda _: f"Parameters:\n{lines}\n", docs[0] + "\n", count=1)


def _texts(doc: str) -> dict[str, str]:
    """What a docstring says of each parameter, line for line."""
    section = SECTION.search(doc + "\n")
    return dict(PARAMETER.findall(section[1])) if section else {}
