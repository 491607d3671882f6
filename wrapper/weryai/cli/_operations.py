"""The paid operations, and what each is called in the shell."""

from __future__ import annotations

from collections.abc import Mapping

from weryai import REQUESTS
from weryai.requests import VideoRequest, endpoint_of

# The classes of requests by what their endpoints are called, the usual one first.
KINDS: Mapping[str, type[VideoRequest]] = {
    endpoint_of(operation): kind for operation, kind in REQUESTS.items()
}
USUAL = next(iter(KINDS))


def listing(request: VideoRequest | None) -> str:
    """The command that lists the models for a request."""
    endpoint = USUAL if request is None else endpoint_of(operation_of(request))
    return "weryai models" if endpoint == USUAL else f"weryai models --endpoint {endpoint}"


def operation_of(request: VideoRequest) -> str:
    """The operationId of what a request asks for."""
    return next(name for name, kind in REQUESTS.items() if isinstance(request, kind))
