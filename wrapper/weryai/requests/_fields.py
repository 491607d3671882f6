"""The kinds of fields that a request has, and what may be wrong with the value of one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from .._network import addresses
from .._texts import encoding_fault, is_address, shown

MAX_IMAGES = 3
INT64 = 2**63
# Pictures and films that an address may name and that are none of the page's "jpg, jpeg, png,
# webp". The vendor's own client lets gif pass (V-upl); nobody has seen it work.
OTHER_KIND = re.compile(r"\.(gif|bmp|tiff?|hei[cf]|avif|jxl|svg|ico|psd|pdf|mp4|mov|webm)", re.I)


def is_image(image: object) -> bool:
    try:
        return isinstance(image, (str, os.PathLike)) and isinstance(os.fspath(image), str)
    except Exception:  # whatever the class of somebody else raises
        return False


def image_faults(images: object) -> Iterator[str]:
    if not isinstance(images, tuple):
        yield f"images must be a list of 1 to {MAX_IMAGES} paths or addresses"
        return
    if not 1 <= len(images) <= MAX_IMAGES:
        yield f"images: {len(images)} given, 1 to {MAX_IMAGES} are possible"
    for number, image in enumerate(images, 1):
        if not is_image(image):
            yield f"images[{number}] must be a path or an https address, not {shown(image)}"
        elif isinstance(image, str) and is_address(image):
            yield from address_faults(f"images[{number}]", image)
            yield from kind_faults(f"images[{number}]", image)


def address_faults(name: str, address: object) -> Iterator[str]:
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


def text_faults(
    name: str, text: object, *, shortest: int = 0, longest: int | None = None
) -> Iterator[str]:
    if not isinstance(text, str):
        yield f"{name} must be a text, not {shown(text)}"
    elif len(text) < shortest:
        yield f"{name} is empty"
    elif longest is not None and len(text) > longest:
        yield f"{name} has {len(text)} characters, at most {longest} are possible"
    elif fault := encoding_fault(text):
        yield f"{name} {fault}"


def whole_faults(
    name: str, value: object, least: int, most: int | None, *, unit: str = ""
) -> Iterator[str]:
    kind = f"a whole number of {unit}" if unit else "a whole number"
    if not isinstance(value, int) or isinstance(value, bool):
        yield f"{name} must be {kind}, not {shown(value)}"
    elif not least <= value <= (INT64 - 1 if most is None else most):
        limits = f"at least {least}" if most is None else f"{least} to {most}"
        yield f"{name} must be {kind}, {limits}, not {shown(value)}"
