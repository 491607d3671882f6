"""`--dry-run`: what can be known of a request before it is paid for."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from attrs import define, field

from weryai import (
    FirstLastFrameToVideo,
    InvalidRequestError,
    LocalImage,
    Model,
    MultiImageToVideo,
    ResponseError,
    TransportError,
)
from weryai.requests import VideoRequest, endpoint_of

from .. import _output, _setup
from .._invocation import Invocation
from .._operations import listing, operation_of
from .._progress import Progress

# Seconds: without the registry there is still much to tell.
PATIENCE = 5.0
NOT_SAID = "the registry does not say"
# What nothing tells beforehand.
ALWAYS = {
    "credits": "prices are not published",
    "content": "whether prompt and images are let through is seen when they are sent",
}


@define
class Findings:
    """What a registry says of a request.

    Attributes:
        faults: why it would be refused.
        checked: the fields that were compared.
        not_checked: the others, and why.
    """

    faults: list[str] = field(factory=list)
    checked: list[str] = field(factory=list)
    not_checked: dict[str, str] = field(factory=dict)

    def member(self, name: str, value: object, among: Sequence[object], unsaid: str) -> None:
        """A value that has to be one of a list; an empty one says nothing."""
        if not among:
            self.not_checked[name] = unsaid
            return
        self.checked.append(name)
        if value not in among:
            listed = ", ".join(map(str, among))
            self.faults.append(f"{name} is {value}, and the model takes {listed}")

    def allowed(self, name: str, allows: bool | None) -> None:
        """A field that not every model takes."""
        if allows is None:
            self.not_checked[name] = NOT_SAID
            return
        self.checked.append(name)
        if not allows:
            self.faults.append(f"{name} is nothing that the model takes: leave it out")

    def limit(self, name: str, number: int, most: int | None, unit: str) -> None:
        """A number of things that may not be exceeded."""
        if most is None:
            self.not_checked[name] = NOT_SAID
            return
        self.checked.append(name)
        if number > most:
            self.faults.append(f"{name}: the model takes {most} {unit}, not {number}")


def preview(run: Invocation, request: VideoRequest, images: Sequence[LocalImage]) -> None:
    """Tell what would be sent, once everything that can be known of it is checked. Raises
    InvalidRequestError for what would be refused."""
    found, operation = _asked(run, request), operation_of(request)
    if found.faults:
        raise InvalidRequestError(found.faults)
    if run.json:
        _output.document(
            {
                "operation": operation,
                "payload": request.payload(),
                "images": [_facts(image) for image in images],
                "checked": found.checked,
                "not_checked": found.not_checked,
            }
        )
        return
    _output.payload(request.payload())
    words = "local images would be uploaded first, and their addresses sent"
    _output.say(*map(str, images), f"nothing was sent to {endpoint_of(operation)}; {words}")
    if found.checked:
        _output.say(f"the registry of models agrees: {', '.join(found.checked)}")
    _output.say("not checked:", *(f"  {name}: {why}" for name, why in found.not_checked.items()))


def _facts(image: LocalImage) -> dict[str, Any]:
    """A local image, as a document tells it."""
    size = {"width": image.width, "height": image.height, "bytes": image.size}
    return {"path": str(image.path), "media_type": image.media_type} | size


def _asked(run: Invocation, request: VideoRequest) -> Findings:
    if not os.environ.get("WERYAI_API_KEY", "").strip():
        return _unasked("the registry of models wants a key: set WERYAI_API_KEY")
    with _setup.make_client(run.base_url, retry_budget=PATIENCE) as client:
        try:
            with Progress(run, "asking"):
                models = client.models(type(request))
        except (TransportError, ResponseError) as error:
            return _unasked(f"the registry of models cannot be asked: {error}")
    return compared(request, models)


def _unasked(why: str) -> Findings:
    return Findings(not_checked={"model": why} | ALWAYS)


def compared(request: VideoRequest, models: Sequence[Model]) -> Findings:
    """A request with the row of its model."""
    rows: Mapping[str, Model] = {model.key: model for model in models}
    if not rows:
        return _unasked(f"the registry lists no model for {endpoint_of(operation_of(request))}")
    model = rows.get(request.model)
    if model is None and isinstance(request, FirstLastFrameToVideo):
        return _unasked(f"the registry has no row of {request.model} for two frames")
    found = Findings(checked=["model"])
    if model is None:
        found.faults.append(_unknown(request, list(rows)))
        return found
    found.limit("prompt", len(request.prompt), model.prompt_length_limit, "characters")
    _compare_images(request, model, found)
    found.member("duration", request.duration, model.durations, NOT_SAID)
    found.member("aspect_ratio", request.aspect_ratio, model.aspect_ratios, NOT_SAID)
    if request.resolution is not None:
        unsaid = "the registry lists none for this model: better leave it out"
        found.member("resolution", request.resolution, model.resolutions, unsaid)
    if request.generate_audio is not None:
        found.allowed("generate_audio", model.has_generate_audio)
    if request.negative_prompt is not None:
        found.allowed("negative_prompt", model.has_negative_prompt)
    found.not_checked |= ALWAYS
    return found


def _compare_images(request: VideoRequest, model: Model, found: Findings) -> None:
    if isinstance(request, MultiImageToVideo):
        most = 1 if model.support_multiple_images is False else model.upload_image_limit
        found.limit("images", len(request.images), most, "images" if most != 1 else "image")
    if isinstance(request, FirstLastFrameToVideo):
        found.allowed("first_pic_url", model.support_first_last_frame)
        found.allowed("end_pic_url", model.support_first_last_frame)


def _unknown(request: VideoRequest, keys: Sequence[str]) -> str:
    spelled = request.model.upper().replace("-", "_").replace(" ", "_")
    near = get_close_matches(spelled, keys, n=1)
    endpoint = endpoint_of(operation_of(request))
    meant = f"did you mean {near[0]}?" if near else f"`{listing(request)}` lists all"
    return f"model {request.model} is not in the registry for {endpoint} ({meant})"
