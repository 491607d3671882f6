"""The endpoints that are paid, a row each: its requests, and the generated code that sends one."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from attrs import frozen

from weryai_api.api.generation import submit_multi_image_to_video
from weryai_api.models import MultiImageToVideoRequest

from .._texts import shown
from ..errors import InvalidRequestError
from ..requests import MultiImageToVideo, VideoRequest


@frozen
class Endpoint:
    """One paid endpoint.

    Attributes:
        request: the class of its requests.
        module: what was generated for its operation.
        body: the generated class of its body.
    """

    request: type[VideoRequest]
    module: ModuleType
    body: Any

    @property
    def operation(self) -> str:
        """The operationId, after which the generator names the module."""
        return self.module.__name__.rpartition(".")[2]


ENDPOINTS = (Endpoint(MultiImageToVideo, submit_multi_image_to_video, MultiImageToVideoRequest),)


def endpoint_of(request: object) -> Endpoint:
    """The endpoint that a request is for. Raises InvalidRequestError where it is none."""
    for endpoint in ENDPOINTS:
        if isinstance(request, endpoint.request):
            return endpoint
    known = " or ".join(f"a {each.request.shown()}" for each in ENDPOINTS)
    raise InvalidRequestError([f"what is submitted is {known}, not {shown(request)}"])
