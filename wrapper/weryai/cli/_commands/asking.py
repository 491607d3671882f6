"""Which request is asked for: the kind of it that takes what is given, or the one that is named."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import typer

from weryai.requests import Image, VideoRequest

from .._errors import UsageError
from .._operations import KINDS
from .request_options import IMAGES, Fields, Kinds, endpoints, fields_of, options, shown, takers

EXAMPLE = f"""\b
Such as:
  weryai {{command}} fox.jpg owl.png --prompt "The fox turns into the owl" \\
      --model KLING_O1 --aspect-ratio 16:9 --duration 5

{endpoints(KINDS)}
"""


def with_request(command: Callable[..., None], kinds: Kinds = KINDS) -> Callable[..., None]:
    """Give a command the options of these requests in the place of its parameter `request`."""
    return _given(command, "request", options(kinds), functools.partial(build, kinds))


def with_changes(command: Callable[..., None], kinds: Kinds = KINDS) -> Callable[..., None]:
    """The same in the place of its parameter `changes`, which is what was given, by option."""
    every = [option for option in options(kinds, needed=False) if option.name != "endpoint"]
    return _given(command, "changes", every, dict)


def _given(
    command: Callable[..., None],
    place: str,
    every: Sequence[inspect.Parameter],
    make: Callable[..., Any],
) -> Callable[..., None]:
    asked = {option.name: option for option in every}
    merged: dict[str, inspect.Parameter] = {}
    for name, parameter in inspect.signature(command, eval_str=True).parameters.items():
        merged |= asked if name == place else {name: parameter}

    @functools.wraps(command)
    def run(ctx: typer.Context, **given: Any) -> None:
        values = {name: given.pop(name) for name in asked}
        told = {name: value for name, value in values.items() if value is not None}
        command(ctx, **{place: make(**told)}, **given)

    del run.__wrapped__  # typer would look behind the decorator
    run.__signature__ = inspect.Signature([*merged.values()])  # type: ignore[attr-defined]
    run.__annotations__ = {name: option.annotation for name, option in merged.items()}
    return run


def build(kinds: Kinds, *, endpoint: str | None = None, **options: Any) -> VideoRequest:
    """The request. Raises UsageError for options that do not go together and for all that is
    missing, InvalidRequestError for the rest."""
    given = options
    fields = fields_of(kinds)
    name = _chosen(fields, endpoint, given)
    own = fields[name]
    if missing := [option for option in own if own[option].required and option not in given]:
        what = "missing" if name == next(iter(fields)) else f"missing for {name}"
        raise UsageError(f"{what}: {shown(missing)}")
    if IMAGES in given and own[IMAGES].annotation == Image:
        given[IMAGES] = _only(given[IMAGES], name, fields)
    return kinds[name](**{own[option].name: value for option, value in given.items()})


def _chosen(fields: Fields, endpoint: str | None, given: Mapping[str, Any]) -> str:
    """The endpoint that is named, else the first that takes all that is given."""
    for name in fields if endpoint is None else [endpoint]:
        if fields[name].keys() >= given.keys():
            return name
    apart: dict[str, list[str]] = {}
    for option in given:
        among = takers(option, fields)
        if len(among) < len(fields) and endpoint not in among:
            apart.setdefault(f"({' or '.join(among)})", []).append(option)
    named = [] if endpoint is None else [f"--endpoint {endpoint}"]
    named += [f"{shown(names)} {among}" for among, names in apart.items()]
    raise UsageError(f"{' and '.join(named)} do not go together: leave one of them out")


def _only(images: Sequence[str], name: str, fields: Fields) -> str:
    """The image of a request that takes one. Raises UsageError for several."""
    if len(images) == 1:
        return images[0]
    among = takers(IMAGES, fields)
    several = [other for other in among if fields[other][IMAGES].annotation != Image]
    way = f", or --endpoint {several[0]}" if several else ""
    raise UsageError(f"{name} takes one image, not {len(images)}: give one{way}")
