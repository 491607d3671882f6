"""The page of what each class of requests takes, made from the classes and their limits."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence

from weryai import REQUESTS
from weryai.cli._commands.request_options import shown, taken
from weryai.requests import Image, Parameter, VideoRequest, endpoint_of

HEAD = """\
# Requests

What each class of requests takes, in Python and in the shell. `make reference` writes this page
from the classes and from the limits of the contract.

An image is a path, or an https address that the service can reach. A model may allow less, as
`weryai models` and `client.models(kind)` tell. The page that some fields speak of is the endpoint's
own, in the documentation of the vendor.
"""
INT64 = (-(2**63), 2**63 - 1)


def page() -> str:
    """The whole page."""
    parts = [_section(operation, kind) for operation, kind in REQUESTS.items()]
    return "\n".join([HEAD, *(line for part in parts for line in part)])


def _section(operation: str, kind: type[VideoRequest]) -> Iterator[str]:
    what, _, _ = (inspect.getdoc(kind) or "").partition("\n\n")
    yield f"## {kind.__name__}\n"
    yield f"{' '.join(what.split())} In the shell: `--endpoint {endpoint_of(operation)}`.\n"
    for option, field in taken(kind).items():
        needed = "**Required.** " if field.required else ""
        text = f"{needed}{field.help[:1].upper()}{field.help[1:]}"
        yield f"- **`{field.name}`** (`{shown([option])}`): {_value(field)}. {text}"
    yield ""


def _value(parameter: Parameter) -> str:
    """What a value may be."""
    limits = parameter.limits
    if parameter.annotation == Sequence[Image]:
        return f"{_span(limits.fewest, limits.most_items)} images"
    if parameter.annotation == Image:
        return "an image"
    if limits.enum:
        return ", ".join(map(str, limits.enum))
    if parameter.annotation is bool:
        return "true or false"
    if parameter.annotation is int:
        bounds = limits.least, limits.most
        span = "64 bits" if bounds == INT64 else _span(*bounds)
        return f"whole number, {span}".removesuffix(", ")
    if limits.format == "uri":
        return "https address"
    span = _span(limits.shortest, limits.longest)
    return f"text, {span} characters" if span else "text"


def _span(least: float | None, most: float | None) -> str:
    if least is None:
        return "" if most is None else f"at most {most}"
    return f"at least {least}" if most is None else f"{least} to {most}"
