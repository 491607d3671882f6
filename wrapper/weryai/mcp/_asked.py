"""What an agent asks for: the schema of a request, made from the classes, and the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import WithJsonSchema

from weryai import REQUESTS, InvalidRequestError
from weryai.requests import Image, Parameter, VideoRequest, endpoint_of

# The classes of requests by what their endpoints are called, the usual one first.
KINDS: Mapping[str, type[VideoRequest]] = {
    endpoint_of(operation): kind for operation, kind in REQUESTS.items()
}
USUAL = next(iter(KINDS))
ENDPOINT, IMAGES = "endpoint", "images"
PICTURES = (Sequence[Image], Image)
# As JSON Schema calls what limits a value.
WORDS = {"least": "minimum", "most": "maximum", "shortest": "minLength", "longest": "maxLength"}


def build(given: Mapping[str, Any]) -> VideoRequest:
    """The request. Raises InvalidRequestError: nothing that was given is passed over."""
    values = {name: value for name, value in given.items() if value is not None}
    endpoint = values.pop(ENDPOINT, USUAL)
    kind = kind_of(endpoint)
    own = kind.parameters()
    names = {each.name for each in own if each.annotation not in PICTURES}
    missing = [each.name for each in own if each.required and each.name in names - values.keys()]
    foreign = values.keys() - names - {IMAGES}
    faults = [f"{name} is missing" for name in missing]
    faults += [f"{name} is nothing that {endpoint} takes" for name in sorted(foreign)]
    pictures = _pictures(own)
    images = values.pop(IMAGES, None)
    if len(pictures) == 1 and pictures[0].annotation != Image:
        values[pictures[0].name] = images
    elif isinstance(images, list) and len(images) == len(pictures):
        values |= {each.name: image for each, image in zip(pictures, images, strict=True)}
    else:
        faults.append(f"{IMAGES} must be a list of {_taken(own)}")
    if faults:
        raise InvalidRequestError(faults)
    return kind(**values)


def kind_of(endpoint: object) -> type[VideoRequest]:
    """The class of requests for an endpoint. Raises InvalidRequestError."""
    if not isinstance(endpoint, str) or endpoint not in KINDS:
        raise InvalidRequestError([f"{ENDPOINT} is one of {', '.join(KINDS)}"])
    return KINDS[endpoint]


def _pictures(own: Sequence[Parameter]) -> list[Parameter]:
    return [each for each in own if each.annotation in PICTURES]


def _taken(own: Sequence[Parameter]) -> str:
    """Which images a class of requests takes."""
    pictures = _pictures(own)
    if len(pictures) == 1 and pictures[0].annotation != Image:
        return f"{pictures[0].limits.fewest} to {pictures[0].limits.most_items}"
    return f"{len(pictures)}: {', '.join(each.name for each in pictures)}"


def _schema() -> dict[str, Any]:
    """A JSON Schema of what `build` takes: a field that all endpoints need is required."""
    taken = {endpoint: kind.parameters() for endpoint, kind in KINDS.items()}
    fields = {each.name: each for own in reversed(taken.values()) for each in own}
    plain = {name: each for name, each in fields.items() if each.annotation not in PICTURES}
    shared = [
        name for name in plain if all(any(e.name == name for e in own) for own in taken.values())
    ]
    numbers = "; ".join(f"{endpoint} takes {_taken(own)}" for endpoint, own in taken.items())
    images = {
        "type": "array",
        "items": {"type": "string"},
        "description": "Each an absolute path of a jpg, png or webp file of at most 10 MB, which is"
        f" stored at a public address, or an https address. {numbers}.",
    }
    endpoint = {"type": "string", "enum": [*KINDS], "default": USUAL}
    return {
        "type": "object",
        "properties": {
            ENDPOINT: endpoint,
            IMAGES: images,
            **{name: _field(each) for name, each in plain.items()},
        },
        "required": [IMAGES, *(name for name in shared if plain[name].required)],
        "additionalProperties": False,
    }


def _field(parameter: Parameter) -> dict[str, Any]:
    limits = parameter.limits
    said: dict[str, Any] = {"type": limits.kind, "description": parameter.help}
    if limits.enum:
        said["enum"] = [*limits.enum]
    said |= {word: getattr(limits, name) for name, word in WORDS.items()}
    return {word: value for word, value in said.items() if value is not None}


# The classes check what is asked for, and tell every fault at once: the schema is there to be read.
Request = Annotated[dict[str, Any], WithJsonSchema(_schema())]
