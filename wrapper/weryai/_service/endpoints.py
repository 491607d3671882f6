"""The endpoints that are paid, a row each: its requests, and the generated code that sends one."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from attrs import frozen

from weryai_api import models as forms
from weryai_api.api import generation

from .._texts import shown
from ..errors import InvalidRequestError
from ..requests import FirstLastFrameToVideo, ImageToVideo, MultiImageToVideo, VideoRequest
from ..results import Model


@frozen
class Endpoint:
    """One paid endpoint.

    Attributes:
        request: the class of its requests.
        operation: the operationId, after which the generator names what it makes for it.
        schema: what the contract, and so the generator, calls its body.
        needs: the flag of a registry's row that says whether a model takes them, where the table
            of the row does not. A row that does not say so may.
    """

    request: type[VideoRequest]
    operation: str
    schema: str
    needs: str | None = None

    @property
    def module(self) -> ModuleType:
        """What was generated for its operation; loaded when it is asked for."""
        module: ModuleType = getattr(generation, self.operation)
        return module

    @property
    def body(self) -> Any:
        """The generated class of its body; loaded when it is asked for."""
        return getattr(forms, self.schema)

    def may_be_for(self, model: Model) -> bool:
        """Whether a model may take its requests."""
        return self.needs is None or getattr(model, self.needs) is not False

    @property
    def table(self) -> str:
        """What the registry would call the table of its models; it may have none."""
        return self.operation.removeprefix("submit_")


ENDPOINTS = (
    Endpoint(MultiImageToVideo, "submit_multi_image_to_video", "MultiImageToVideoRequest"),
    Endpoint(ImageToVideo, "submit_image_to_video", "ImageToVideoRequest"),
    Endpoint(
        FirstLastFrameToVideo,
        "submit_first_last_image_to_video",
        "FirstLastImageToVideoRequest",
        needs="support_first_last_frame",
    ),
)

# The class of requests of each paid endpoint, by its operationId; the usual one comes first.
REQUESTS: Mapping[str, type[VideoRequest]] = {
    endpoint.operation: endpoint.request for endpoint in ENDPOINTS
}


def endpoint_of(request: object) -> Endpoint:
    """The endpoint that a request is for. Raises InvalidRequestError where it is none."""
    for endpoint in ENDPOINTS:
        if isinstance(request, endpoint.request):
            return endpoint
    known = " or ".join(f"a {each.request.shown()}" for each in ENDPOINTS)
    raise InvalidRequestError([f"what is submitted is {known}, not {shown(request)}"])


def endpoint_for(kind: object) -> Endpoint:
    """The endpoint of a class of requests. Raises InvalidRequestError where it is none."""
    for endpoint in ENDPOINTS:
        if isinstance(kind, type) and issubclass(kind, endpoint.request):
            return endpoint
    known = " or ".join(each.request.__name__ for each in ENDPOINTS)
    raise InvalidRequestError([f"a class of requests is {known}, not {shown(kind)}"])
