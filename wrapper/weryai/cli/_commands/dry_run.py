"""`--dry-run`: what can be known of a request before it is paid for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from weryai import InvalidRequestError, LocalImage
from weryai.requests import Findings, VideoRequest, endpoint_of

from .. import _output, _setup
from .._invocation import Invocation
from .._kept import places
from .._operations import operation_of
from .._progress import Progress
from .steps import doubt

# What nothing tells beforehand.
ALWAYS = {
    "credits": "prices are not published; `weryai estimate` tells what is known",
    "content": "whether prompt and images are let through is seen when they are sent",
}


def preview(
    run: Invocation, request: VideoRequest, images: Sequence[LocalImage], check_models: bool
) -> None:
    """Tell what would be sent, once everything that can be known of it is checked. Raises
    InvalidRequestError for what would be refused."""
    found = _asked(run, request) if check_models else _unasked("it was not to be checked")
    operation = operation_of(request)
    if found.faults:
        raise InvalidRequestError(found.faults)
    not_checked = {**found.not_checked, **ALWAYS}
    if run.json:
        _output.document(
            {
                "operation": operation,
                "payload": request.payload(),
                "images": [_facts(image) for image in images],
                "checked": list(found.checked),
                "not_checked": not_checked,
                "warnings": list(found.warnings),
            }
        )
        return
    _output.payload(request.payload())
    words = "local images would be uploaded first, and their addresses sent"
    _output.say(*map(str, images), f"nothing was sent to {endpoint_of(operation)}; {words}")
    for words in found.warnings:
        doubt(request, words)
    if found.checked:
        _output.say(f"the registry of models agrees: {', '.join(found.checked)}")
    _output.say("not checked:", *(f"  {name}: {why}" for name, why in not_checked.items()))


def _facts(image: LocalImage) -> dict[str, Any]:
    """A local image, as a document tells it."""
    size = {"width": image.width, "height": image.height, "bytes": image.size}
    return {"path": str(image.path), "media_type": image.media_type} | size


def _asked(run: Invocation, request: VideoRequest) -> Findings:
    if not os.environ.get("WERYAI_API_KEY", "").strip():
        return _unasked("the registry of models wants a key: set WERYAI_API_KEY")
    file = places.models_path()
    with (
        _setup.make_client(run.base_url, models_file=file) as client,
        Progress(run, "asking"),
    ):
        return client.check(request)


def _unasked(why: str) -> Findings:
    return Findings(not_checked={"model": why})
