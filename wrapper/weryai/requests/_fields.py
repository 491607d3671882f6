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

from attrs import Attribute, evolve, fields, frozen

from weryai_api.limits import Limits

from .._network import addresses
from .._texts import encoding_fault, is_address, shown
from ._limits import between, is_between, limit_faults, one_of

Image = str | os.PathLike[str]
IMAGES = Sequence[Image]

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
    if taken not in KINDS:
        raise TypeError(f"{field.name}: add its annotation, {taken}, to KINDS of {__name__}")
    kind, faults = KINDS[taken]
    whole = body.fields.get(field.name, Limits())
    limits = _of_kind(kind, whole)
    if taken is str and limits.format == "uri":
        faults = address_faults
    unit = {"unit": field.metadata["unit"]} if "unit" in field.metadata else {}
    named = partial(faults, field.name, limits=limits, **unit)
    if taken not in (Image, IMAGES):  # a local one is no address yet
        named = partial(_all_faults, field.name, named, whole)
    required = field.name in body.required
    holds_images = taken in (Image, IMAGES)
    return Check(field.name, taken, limits, required, field.default, named, holds_images)


def _of_kind(kind: str, limits: Limits) -> Limits:
    """The limits of one kind of values, where a field may have several. Alternatives of the same
    kind say nothing each by itself. None is no value: it leaves the field out."""
    fitting = [each for each in limits.any_of if each.kind in (kind, None)]
    enum = tuple(value for value in limits.enum if value is not None)
    if len(fitting) != 1:
        return evolve(limits, kind=kind, enum=enum)
    return _of_kind(kind, evolve(fitting[0], enum=fitting[0].enum or enum))


def _all_faults(
    name: str, of_kind: Callable[[object], Iterator[str]], limits: Limits, value: object
) -> Iterator[str]:
    """What is wrong by its kind, in the words for that, and else by all that its limits say."""
    faults = [*of_kind(value)]
    yield from faults or limit_faults(name, value, limits)


def is_image(image: object) -> bool:
    try:
        return isinstance(image, (str, os.PathLike)) and isinstance(os.fspath(image), str)
    except Exception:  # whatever the class of somebody else raises
        return False


def images_faults(name: str, images: object, *, limits: Limits) -> Iterator[str]:
    possible = between(limits.fewest or 0, limits.most_items)
    if not isinstance(images, tuple):
        yield f"{name} must be a list of {possible} paths or addresses"
        return
    if not is_between(len(images), limits.fewest, limits.most_items):
        yield f"{name}: {len(images)} given, {possible} are possible"
    for number, image in enumerate(images, 1):
        yield from image_faults(f"{name}[{number}]", image, limits=limits.items)


def image_faults(name: str, image: object, *, limits: Limits | None) -> Iterator[str]:
    """Of one image: of an address, that is. A local file is looked at when it is submitted."""
    if not is_image(image):
        yield f"{name} must be a path or an https address, not {shown(image)}"
    elif isinstance(image, str) and is_address(image):
        faults = [*address_faults(name, image, limits=limits), *kind_faults(name, image)]
        yield from faults or limit_faults(name, image, limits or Limits())


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
    elif not is_between(len(text), limits.shortest, limits.longest):
        least = limits.shortest if limits.longest is None or limits.shortest != 1 else None
        possible = between(least, limits.longest)
        yield f"{name} has {len(text)} characters, {possible} are possible"
    elif limits.enum and text not in limits.enum:
        yield f"{name} must be {one_of(limits)}, not {shown(text)}"
    elif fault := encoding_fault(text):
        yield f"{name} {fault}"


def whole_faults(name: str, value: object, *, limits: Limits, unit: str = "") -> Iterator[str]:
    kind = f"a whole number of {unit}" if unit else "a whole number"
    if not isinstance(value, int) or isinstance(value, bool):
        yield f"{name} must be {kind}, not {shown(value)}"
    elif limits.enum and value not in limits.enum:
        yield f"{name} must be {kind}, {one_of(limits)}, not {shown(value)}"
    elif not is_between(value, limits.least, limits.most):
        possible = between(limits.least, limits.most)
        yield f"{name} must be {kind}, {possible}, not {shown(value)}"


def flag_faults(name: str, value: object, *, limits: Limits) -> Iterator[str]:
    if not isinstance(value, bool):
        yield f"{name} must be True or False, not {shown(value)}"


# By annotation: the kind of the values, as JSON Schema calls it, and what is wrong with one.
KINDS: dict[Any, tuple[str, Callable[..., Iterator[str]]]] = {
    str: ("string", text_faults),
    int: ("integer", whole_faults),
    bool: ("boolean", flag_faults),
    Image: ("string", image_faults),
    IMAGES: ("array", images_faults),
}
