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
from .request_options import IMAGES, Kinds, endpoints, options, shown, taken, takers

EXAMPLE = f"""\b
Such as:
  weryai {{command}} fox.jpg owl.png --prompt "The fox turns into the owl" \\
      --model KLING_O1 --aspect-ratio 16:9 --duration 5

{endpoints(KINDS)}
"""


def with_request(command: Callable[..., None], kinds: Kinds = KINDS) -> Callable[..., None]:
    """Give a command the options of these requests in the place of its parameter `request`."""
    asked = {option.name: option for option in options(kinds)}
    own = dict(inspect.signature(command, eval_str=True).parameters)
    del own["request"]

    @functools.wraps(command)
    def run(ctx: typer.Context, **given: Any) -> None:
        values = {name: given.pop(name) for name in asked}
        command(ctx, request=build(kinds, **values), **given)

    merged = {"ctx": own.pop("ctx"), **asked, **own}
    del run.__wrapped__  # typer would look behind the decorator
    run.__signature__ = inspect.Signature([*merged.values()])  # type: ignore[attr-defined]
    run.__annotations__ = {name: each.annotation for name, each in merged.items()}
    return run


def build(kinds: Kinds, *, endpoint: str | None = None, **options: Any) -> VideoRequest:
    """The request. Raises UsageError for options that do not go together and for all that is
    missing, InvalidRequestError for the rest."""
    given = {name: value for name, value in options.items() if value is not None}
    name = _chosen(kinds, endpoint, given)
    fields = taken(kinds[name])
    if missing := [each for each in fields if fields[each].required and each not in given]:
        what = "missing" if name == next(iter(kinds)) else f"missing for {name}"
        raise UsageError(f"{what}: {shown(missing)}")
    if IMAGES in given and fields[IMAGES].annotation == Image:
        given[IMAGES] = _only(given[IMAGES], name, kinds)
    return kinds[name](**{fields[each].name: value for each, value in given.items()})


def _chosen(kinds: Kinds, endpoint: str | None, given: Mapping[str, Any]) -> str:
    """The endpoint that is named, else the first that takes all that is given."""
    for name in kinds if endpoint is None else [endpoint]:
        if taken(kinds[name]).keys() >= given.keys():
            return name
    apart: dict[str, list[str]] = {}
    for each in given:
        among = takers(each, kinds)
        if len(among) < len(kinds) and endpoint not in among:
            apart.setdefault(f"({' or '.join(among)})", []).append(each)
    named = [] if endpoint is None else [f"--endpoint {endpoint}"]
    named += [f"{shown(names)} {among}" for among, names in apart.items()]
    raise UsageError(f"{' and '.join(named)} do not go together: leave one of them out")


def _only(images: Sequence[str], name: str, kinds: Kinds) -> str:
    """The image of a request that takes one. Raises UsageError for several."""
    if len(images) == 1:
        return images[0]
    among = takers(IMAGES, kinds)
    several = [each for each in among if taken(kinds[each])[IMAGES].annotation != Image]
    way = f", or --endpoint {several[0]}" if several else ""
    raise UsageError(f"{name} takes one image, not {len(images)}: give one{way}")
