"""The usual request of each paid operation: what the contract shows as the least that it takes."""

from __future__ import annotations

from typing import Any

from contract_tests.support.contract import OPERATIONS, PAID
from weryai import MultiImageToVideo

# By operationId: the class that asks for it.
CLASSES: dict[str, Any] = {"submit_multi_image_to_video": MultiImageToVideo}


def body(operation: str, **given: Any) -> dict[str, Any]:
    """What is sent; what a test does not care about is filled in."""
    (media,) = OPERATIONS[operation]["requestBody"]["content"].values()
    return {**media["examples"]["required-only"]["value"], **given}


def usual(operation: str = PAID[0], **given: Any) -> Any:
    """The same as a request of our own."""
    return CLASSES[operation](**body(operation, **given))
