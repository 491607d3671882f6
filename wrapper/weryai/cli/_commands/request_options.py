"""The options of a request, made from the classes of requests.

A field of a class is an option, with its type and the first sentence of its help. The only image of
a class, or its only list of images, is the argument IMAGES.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer

from weryai.requests import Image, Parameter, VideoRequest

from .options import path

# Classes of requests by what their endpoints are called in the shell, the usual one first.
Kinds = Mapping[str, type[VideoRequest]]

IMAGES = "images"
# By field, where its own name and the kind of its values tell less.
FLAGS = {"generate_audio": "--audio", "first_pic_url": "--first", "end_pic_url": "--last"}
METAVARS = {"model": "KEY", "aspect_ratio": "W:H", "duration": "SECONDS", "webhook_url": "URL"}


def whole(text: str) -> int | str:
    """A whole number, or the text as it is: the request refuses that, with its other faults."""
    try:
        return int(text)
    except ValueError:
        return text


# By annotation: the type of an option, what a value is called, and how it is read.
TYPES: Mapping[Any, tuple[Any, str | None, Callable[[str], Any] | None]] = {
    Sequence[Image]: (list[str], "IMAGES...", path),
    Image: (str, "IMAGE", path),
    str: (str, "TEXT", None),
    int: (int, "N", whole),
    bool: (bool, None, None),
}
PICTURES = (Sequence[Image], Image)


def taken(kind: type[VideoRequest]) -> dict[str, Parameter]:
    """What a class of requests takes, images first, by the name of the option or argument."""
    found = sorted(kind.parameters(), key=lambda each: each.annotation not in PICTURES)
    images = [each.name for each in found if each.annotation in PICTURES]
    return {IMAGES if images == [each.name] else each.name: each for each in found}


def takers(name: str, kinds: Kinds) -> list[str]:
    """The endpoints that take an option."""
    return [each for each, kind in kinds.items() if name in taken(kind)]


def shown(names: Iterable[str]) -> str:
    """Options and arguments as they are told."""
    return ", ".join("IMAGES" if name == IMAGES else _flag(name) for name in names)


def options(kinds: Kinds) -> list[inspect.Parameter]:
    """What a command takes for these kinds of requests, images first."""
    found = {name: each for kind in kinds.values() for name, each in taken(kind).items()}
    names = sorted(found, key=lambda name: found[name].annotation not in PICTURES)
    which = option_of_endpoint(kinds, "instead of the first that takes what is given")
    return [*(_option(name, kinds) for name in names), _keyword("endpoint", str, which)]


def option_of_endpoint(kinds: Kinds, words: str) -> Any:
    """The option that names one of them."""

    def known(name: str) -> str:
        if name not in kinds:
            raise typer.BadParameter(f"{name} is none of {', '.join(kinds)}")
        return name

    return typer.Option(parser=known, metavar="NAME", help=f"One of those below, {words}.")


def endpoints(kinds: Kinds) -> str:
    """The list of them below a help, where no name is broken at a hyphen: each with what it takes
    and not all do."""
    width = max(map(len, kinds))
    rows = ["\b", "Endpoints:"]
    for name, kind in kinds.items():
        fields = taken(kind)
        own = shown(field for field in fields if len(takers(field, kinds)) < len(kinds))
        if IMAGES in fields and fields[IMAGES].annotation == Image:
            own = own.replace("IMAGES", "one image")
        rows.append(f"  {name:<{width}}  {own}".rstrip())
    return "\n".join(rows)


def _option(name: str, kinds: Kinds) -> inspect.Parameter:
    parameter = taken(kinds[takers(name, kinds)[0]])[name]
    taken_as = Sequence[Image] if name == IMAGES else parameter.annotation
    kind, metavar, parser = TYPES[taken_as]
    settings: dict[str, Any] = {
        "parser": parser,
        "metavar": METAVARS.get(name, metavar),
        "help": f"{_sentence(parameter.help)} {_needed(name, kinds)}".strip(),
    }
    if name == IMAGES:
        return _keyword(name, kind, typer.Argument(show_default=False, **settings))
    flag = _flag(name)
    both = f"{flag}/--no-{flag.removeprefix('--')}" if kind is bool else flag
    return _keyword(name, kind, typer.Option(both, **settings))


def _keyword(name: str, kind: Any, info: Any) -> inspect.Parameter:
    sort = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(name, sort, default=None, annotation=Annotated[kind | None, info])


def _flag(name: str) -> str:
    return FLAGS.get(name, f"--{name.replace('_', '-')}")


def _sentence(text: str) -> str:
    """The first sentence of a help, which is empty under `python -OO`."""
    first = text.partition(". ")[0].rstrip(".")
    return f"{first[:1].upper()}{first[1:]}." if first else ""


def _needed(name: str, kinds: Kinds) -> str:
    """Whether an option is required, and what instead; or for which endpoints it is."""
    usual, among = taken(next(iter(kinds.values()))), takers(name, kinds)
    if name not in usual or not usual[name].required:
        return f"For {' and '.join(among)}." if len(among) < len(kinds) else ""
    others = [taken(kind) for each, kind in kinds.items() if each not in among]
    own = [key for other in others for key in other if other[key].required and key not in usual]
    return f"Required, or {' and '.join(map(_flag, own))}." if own else "Required."
