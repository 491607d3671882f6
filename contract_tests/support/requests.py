"""The usual request of each paid operation: what the contract shows as the least that it takes."""

from __future__ import annotations

from typing import Any

from contract_tests.support.contract import OPERATIONS, PAID
from weryai._service.endpoints import ENDPOINTS

# By operationId: the class that asks for it. One without a class is told by test_calls.py.
CLASSES: dict[str, Any] = {endpoint.operation: endpoint.request for endpoint in ENDPOINTS}


def body(operation: str, **given: Any) -> dict[str, Any]:
    """What is sent; what a test does not care about is filled in."""
    (media,) = OPERATIONS[operation]["requestBody"]["content"].values()
    return {**media["examples"]["required-only"]["value"], **given}


def usual(operation: str = PAID[0], **given: Any) -> Any:
    """The same as a request of our own."""
    return CLASSES[operation](**body(operation, **given))
