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

from .._kept import completing
from .options import path

# Classes of requests by what their endpoints are called in the shell, the usual one first; and what
# each takes, by the name of the option or argument.
Kinds = Mapping[str, type[VideoRequest]]
Fields = Mapping[str, Mapping[str, Parameter]]

IMAGES = "images"
# By field, where its own name and the kind of its values tell less.
FLAGS = {"generate_audio": "--audio", "first_pic_url": "--first", "end_pic_url": "--last"}
SHORT = {
    "prompt": "-p",
    "model": "-m",
    "aspect_ratio": "-a",
    "duration": "-d",
    "video_number": "-n",
}
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
COMPLETED: Mapping[str, Callable[..., Any]] = {"model": completing.models}


def taken(kind: type[VideoRequest]) -> dict[str, Parameter]:
    """What a class of requests takes, images first, by the name of the option or argument."""
    parameters = sorted(kind.parameters(), key=lambda field: field.annotation not in PICTURES)
    images = [field.name for field in parameters if field.annotation in PICTURES]
    return {IMAGES if images == [field.name] else field.name: field for field in parameters}


def fields_of(kinds: Kinds) -> Fields:
    """What these kinds of requests take."""
    return {endpoint: taken(kind) for endpoint, kind in kinds.items()}


def takers(name: str, fields: Fields) -> list[str]:
    """The endpoints that take an option."""
    return [endpoint for endpoint, own in fields.items() if name in own]


def shown(names: Iterable[str]) -> str:
    """Options and arguments as they are told."""
    return ", ".join("IMAGES" if name == IMAGES else _flag(name) for name in names)


def options(kinds: Kinds, *, needed: bool = True) -> list[inspect.Parameter]:
    """What a command takes for these kinds of requests, images first.

    Parameters:
        needed: whether the help says which are required.
    """
    fields = fields_of(kinds)
    every = {name: field for own in fields.values() for name, field in own.items()}
    names = sorted(every, key=lambda name: every[name].annotation not in PICTURES)
    which = option_of_endpoint(kinds, "instead of the first that takes what is given")
    return [*(_option(name, fields, needed) for name in names), _keyword("endpoint", str, which)]


def option_of_endpoint(kinds: Kinds, words: str) -> Any:
    """The option that names one of them."""

    def known(name: str) -> str:
        if name not in kinds:
            raise typer.BadParameter(f"{name} is none of {', '.join(kinds)}")
        return name

    return typer.Option(
        parser=known,
        metavar="NAME",
        autocompletion=lambda: [*kinds],
        help=f"One of those below, {words}.",
    )


def endpoints(kinds: Kinds) -> str:
    """The list of them below a help, where no name is broken at a hyphen: each with what it takes
    and not all do."""
    fields, width = fields_of(kinds), max(map(len, kinds))
    rows = ["\b", "Endpoints:"]
    for endpoint, own in fields.items():
        told = shown(field for field in own if len(takers(field, fields)) < len(fields))
        if IMAGES in own and own[IMAGES].annotation == Image:
            told = told.replace("IMAGES", "one image")
        rows.append(f"  {endpoint:<{width}}  {told}".rstrip())
    return "\n".join(rows)


def _option(name: str, fields: Fields, needed: bool) -> inspect.Parameter:
    parameter = fields[takers(name, fields)[0]][name]
    taken_as = Sequence[Image] if name == IMAGES else parameter.annotation
    kind, metavar, parser = TYPES[taken_as]
    settings: dict[str, Any] = {
        "parser": parser,
        "autocompletion": COMPLETED.get(name),
        "metavar": METAVARS.get(name, metavar),
        "help": f"{_sentence(parameter.help)} {_needed(name, fields) if needed else ''}".strip(),
    }
    if name == IMAGES:
        return _keyword(name, kind, typer.Argument(show_default=False, **settings))
    flag = _flag(name)
    flags = [f"{flag}/--no-{flag.removeprefix('--')}" if kind is bool else flag]
    if name in SHORT:
        flags.append(SHORT[name])
    return _keyword(name, kind, typer.Option(*flags, **settings))


def _keyword(name: str, kind: Any, info: Any) -> inspect.Parameter:
    sort = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(name, sort, default=None, annotation=Annotated[kind | None, info])


def _flag(name: str) -> str:
    return FLAGS.get(name, f"--{name.replace('_', '-')}")


def _sentence(text: str) -> str:
    """The first sentence of a help, which is empty under `python -OO`."""
    first = text.partition(". ")[0].rstrip(".")
    return f"{first[:1].upper()}{first[1:]}." if first else ""


def _needed(name: str, fields: Fields) -> str:
    """Whether an option is required, and what instead; or for which endpoints it is."""
    usual, among = next(iter(fields.values())), takers(name, fields)
    if name not in usual or not usual[name].required:
        return f"For {' and '.join(among)}." if len(among) < len(fields) else ""
    others = [own for endpoint, own in fields.items() if endpoint not in among]
    instead = [key for own in others for key in own if own[key].required and key not in usual]
    return f"Required, or {' and '.join(map(_flag, instead))}." if instead else "Required."
