"""The endpoints that are paid, a row each: its requests, and the generated code that sends one."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from attrs import frozen

from weryai_api.api.generation import (
    submit_first_last_image_to_video,
    submit_image_to_video,
    submit_multi_image_to_video,
)
from weryai_api.models import (
    FirstLastImageToVideoRequest,
    ImageToVideoRequest,
    MultiImageToVideoRequest,
)

from .._texts import shown
from ..errors import InvalidRequestError
from ..requests import FirstLastFrameToVideo, ImageToVideo, MultiImageToVideo, VideoRequest


@frozen
class Endpoint:
    """One paid endpoint.

    Attributes:
        request: the class of its requests.
        module: what was generated for its operation.
        body: the generated class of its body.
        needs: the flag of a registry's row that says whether a model takes them, where the table
            of the row does not.
    """

    request: type[VideoRequest]
    module: ModuleType
    body: Any
    needs: str | None = None

    @property
    def operation(self) -> str:
        """The operationId."""
        return operation_id(self.module)

    @property
    def table(self) -> str:
        """What the registry would call the table of its models; it may have none."""
        return self.operation.removeprefix("submit_")


def operation_id(module: ModuleType) -> str:
    """The operationId, after which the generator names what it makes for it."""
    return module.__name__.rpartition(".")[2]


ENDPOINTS = (
    Endpoint(MultiImageToVideo, submit_multi_image_to_video, MultiImageToVideoRequest),
    Endpoint(ImageToVideo, submit_image_to_video, ImageToVideoRequest),
    Endpoint(
        FirstLastFrameToVideo,
        submit_first_last_image_to_video,
        FirstLastImageToVideoRequest,
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
