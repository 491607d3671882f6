"""The simulator from below our client: raw calls and schemas."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Iterator
from typing import Any

import httpx
from jsonschema_rs import Draft202012Validator

from contract_tests.support import requests
from contract_tests.support.contract import CONTRACT, PLACES, success
from weryai.testing import OPERATIONS as SIMULATED
from weryai.testing import Simulator, sample
from weryai.testing._transport import BlockingTransport

SUBMIT = "/v1/generation/multi-image-to-video"
UPLOAD = "/v1/generation/upload-file"
BALANCE = "/v1/generation/balance"
MODELS = "/growthai/v1/video/models"
IDS = {"task_id": "task_1", "batch_id": "1"}


def _operations() -> Iterator[tuple[str, tuple[str, str, str]]]:
    for name, (path, method) in PLACES.items():
        # One that is not simulated yet is told once, by test_calls.py.
        if name in SIMULATED:
            kind = success(name)["$ref"].rpartition("/")[2].removesuffix("Reply")
            yield name, (method.upper(), path.format_map(IDS), kind)


# By operationId: the call, and the schema of its reply.
OPERATIONS = dict(_operations())
IMAGE = sample("night", (32, 18))
# For plain HTTP, where nobody is trusted: to read the certificates takes each client 30 ms.
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
REQUEST: dict[str, Any] = {
    "model": "KLING_O1",
    "prompt": "The sun sets",
    "images": ["https://example.com/image1.jpg"],
    "aspect_ratio": "1:1",
    "duration": 5,
}


def raw(simulator: Simulator, **headers: str) -> httpx.Client:
    """A client of the simulator, without a socket; it has the key unless told otherwise."""
    return httpx.Client(
        transport=BlockingTransport(simulator.app, simulator.app.at_once),
        base_url="http://localhost",
        headers={"Authorization": f"Bearer {simulator.api_key}"} | headers,
    )


def submit(http: httpx.Client, **fields: Any) -> Any:
    """The reply to a submission; what a test does not care about is filled in."""
    return http.post(SUBMIT, json=REQUEST | fields).json()


def ask(http: httpx.Client, operation: str, **fields: Any) -> Any:
    """The same of any paid operation."""
    return http.post(PLACES[operation][0], json=requests.body(operation, **fields)).json()


def status(http: httpx.Client, task_id: str) -> Any:
    return http.get(f"/v1/generation/{task_id}/status").json()


def batch_status(http: httpx.Client, batch_id: int) -> Any:
    return http.get(f"/v1/generation/batch/{batch_id}/status").json()


@functools.cache
def _validator(schema: str) -> Draft202012Validator:
    components = CONTRACT["components"]
    rooted = {"$ref": f"#/components/schemas/{schema}", "components": components}
    return Draft202012Validator(rooted, validate_formats=True)


def assert_fits(schema: str, value: Any) -> None:
    """Fails where a value is not what the contract says."""
    assert [error.message for error in _validator(schema).iter_errors(value)] == [], value


def fits(schema: str, value: Any) -> bool:
    return _validator(schema).is_valid(value)
