"""The kinds of fields that a request has, and what may be wrong with the value of one.

The annotation of a field says its kind; what is possible comes from weryai_api.limits.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial, reduce
from operator import or_
from pathlib import PurePosixPath
from types import NoneType, UnionType
from typing import Any, get_args
from urllib.parse import urlsplit

from attrs import Attribute, fields, frozen

from weryai_api.limits import Limits

from .._network import addresses
from .._texts import encoding_fault, is_address, shown

Image = str | os.PathLike[str]
IMAGES = Sequence[Image]

INT64 = 2**63
# Pictures and films that an address may name and that are none of the page's "jpg, jpeg, png,
# webp". The vendor's own client lets gif pass (V-upl); nobody has seen it work.
OTHER_KIND = re.compile(r"\.(gif|bmp|tiff?|hei[cf]|avif|jxl|svg|ico|psd|pdf|mp4|mov|webm)", re.I)


@frozen
class Check:
    """How the value of one field is checked; `faults` words what is wrong with it."""

    name: str
    annotation: Any
    limits: Limits
    required: bool
    default: Any
    faults: Callable[[Any], Iterator[str]]
    holds_images: bool  # told once, as to compare two annotations takes longer than all the rest

    def images(self, value: Any) -> dict[str, Any]:
        """The images that a value of it holds, by what each is called; none in most fields."""
        if not self.holds_images:
            return {}
        if self.annotation == Image:
            return {self.name: value}
        if isinstance(value, tuple):
            return {f"{self.name}[{number}]": each for number, each in enumerate(value, 1)}
        return {}


def checks_of(request: type[Any], body: Limits) -> tuple[Check, ...]:
    """The checks of a request class by its annotations and the limits of its body: of its own
    fields, then of those that all requests have."""
    own_first = sorted(fields(request), key=lambda field: field.inherited)
    return tuple(_check(each, body) for each in own_first)


def _check(field: Attribute[Any], body: Limits) -> Check:
    taken: Any = field.type
    if isinstance(taken, UnionType):
        taken = reduce(or_, (kind for kind in get_args(taken) if kind is not NoneType))
    kind, faults = KINDS[taken]
    limits = _of_kind(kind, body.fields.get(field.name, Limits()))
    if taken is str and limits.format == "uri":
        faults = address_faults
    unit = {"unit": field.metadata["unit"]} if "unit" in field.metadata else {}
    named = partial(faults, field.name, limits=limits, **unit)
    required = field.name in body.required
    holds_images = taken in (Image, IMAGES)
    return Check(field.name, taken, limits, required, field.default, named, holds_images)


def _of_kind(kind: str, limits: Limits) -> Limits:
    """The limits of one kind of values, where a field may have several."""
    return next((each for each in limits.any_of if each.kind == kind), limits)


def is_image(image: object) -> bool:
    try:
        return isinstance(image, (str, os.PathLike)) and isinstance(os.fspath(image), str)
    except Exception:  # whatever the class of somebody else raises
        return False


def images_faults(name: str, images: object, *, limits: Limits) -> Iterator[str]:
    possible = _between(limits.fewest or 0, limits.most_items)
    if not isinstance(images, tuple):
        yield f"{name} must be a list of {possible} paths or addresses"
        return
    if not _is_between(len(images), limits.fewest, limits.most_items):
        yield f"{name}: {len(images)} given, {possible} are possible"
    for number, image in enumerate(images, 1):
        yield from image_faults(f"{name}[{number}]", image, limits=limits.items)


def image_faults(name: str, image: object, *, limits: Limits | None) -> Iterator[str]:
    """Of one image: of an address, that is. A local file is looked at when it is submitted."""
    if not is_image(image):
        yield f"{name} must be a path or an https address, not {shown(image)}"
    elif isinstance(image, str) and is_address(image):
        yield from address_faults(name, image, limits=limits)
        yield from kind_faults(name, image)


def address_faults(name: str, address: object, *, limits: Limits | None) -> Iterator[str]:
    """Of an address, which is checked for more than its limits say: see addresses.fault."""
    if not isinstance(address, str):
        yield f"{name} must be an https address, not {shown(address)}"
    elif fault := addresses.fault(address) or encoding_fault(address):
        yield f"{name} {fault}"


def kind_faults(name: str, address: str) -> Iterator[str]:
    """An address with a query may name one kind and serve another."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return
    kind = OTHER_KIND.fullmatch(PurePosixPath(parts.path).suffix)
    if kind and not parts.query:
        yield f"{name} is a {kind[1].lower()}; the service takes jpg, jpeg, png and webp"


def text_faults(name: str, text: object, *, limits: Limits) -> Iterator[str]:
    if not isinstance(text, str):
        yield f"{name} must be a text, not {shown(text)}"
    elif limits.shortest and not text:
        yield f"{name} is empty"
    elif not _is_between(len(text), limits.shortest, limits.longest):
        possible = _between(limits.shortest if limits.longest is None else None, limits.longest)
        yield f"{name} has {len(text)} characters, {possible} are possible"
    elif limits.enum and text not in limits.enum:
        yield f"{name} must be {_one_of(limits)}, not {shown(text)}"
    elif fault := encoding_fault(text):
        yield f"{name} {fault}"


def whole_faults(name: str, value: object, *, limits: Limits, unit: str = "") -> Iterator[str]:
    kind = f"a whole number of {unit}" if unit else "a whole number"
    if not isinstance(value, int) or isinstance(value, bool):
        yield f"{name} must be {kind}, not {shown(value)}"
    elif limits.enum and value not in limits.enum:
        yield f"{name} must be {kind}, {_one_of(limits)}, not {shown(value)}"
    elif not _is_between(value, limits.least, limits.most):
        possible = _between(limits.least, limits.most)
        yield f"{name} must be {kind}, {possible}, not {shown(value)}"


def flag_faults(name: str, value: object, *, limits: Limits) -> Iterator[str]:
    if not isinstance(value, bool):
        yield f"{name} must be True or False, not {shown(value)}"


def _is_between(value: int, least: float | None, most: float | None) -> bool:
    """Whether it is possible; all numbers are of 64 bits, whatever else is said."""
    return (-INT64 if least is None else least) <= value <= (INT64 - 1 if most is None else most)


def _between(least: float | None, most: float | None) -> str:
    if most is None:
        return "of 64 bits" if least is None else f"at least {least}"
    return f"at most {most}" if least is None else f"{least} to {most}"


def _one_of(limits: Limits) -> str:
    numbers = [each for each in limits.enum if isinstance(each, int)]
    if numbers and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{numbers[0]} to {numbers[-1]}"
    return f"one of {', '.join(map(str, limits.enum))}"


# By annotation: the kind of the values, as JSON Schema calls it, and what is wrong with one.
KINDS: dict[Any, tuple[str, Callable[..., Iterator[str]]]] = {
    str: ("string", text_faults),
    int: ("integer", whole_faults),
    bool: ("boolean", flag_faults),
    Image: ("string", image_faults),
    IMAGES: ("array", images_faults),
}
