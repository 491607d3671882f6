"""The simulator from below our client: raw calls and schemas."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import yaml
from jsonschema_rs import Draft202012Validator

from weryai.testing import OPERATIONS as SIMULATED
from weryai.testing import Simulator, sample
from weryai.testing._transport import BlockingTransport

ROOT = Path(__file__).parents[2]
CONTRACT = yaml.safe_load((ROOT.parent / "openapi" / "weryai.yaml").read_text())
SUBMIT = "/v1/generation/multi-image-to-video"
UPLOAD = "/v1/generation/upload-file"
BALANCE = "/v1/generation/balance"
MODELS = "/growthai/v1/video/models"
IDS = {"task_id": "task_1", "batch_id": "1"}


def _operations() -> Iterator[tuple[str, tuple[str, str, str]]]:
    for path, item in CONTRACT["paths"].items():
        for method, operation in item.items():
            # One that is not simulated yet is told once, by test_rooms.py.
            if "operationId" in operation and operation["operationId"] in SIMULATED:
                reply = operation["responses"]["200"]["content"]["application/json"]["schema"]
                kind = reply["$ref"].rpartition("/")[2].removesuffix("Reply")
                called = method.upper(), path.format_map(IDS), kind
                yield operation["operationId"], called


# By operationId: the call, and the schema of its reply.
OPERATIONS = dict(_operations())
IMAGE = sample("night", (32, 18))
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
        transport=BlockingTransport(simulator.app),
        base_url="http://localhost",
        headers={"Authorization": f"Bearer {simulator.api_key}"} | headers,
    )


def submit(http: httpx.Client, **fields: Any) -> Any:
    """The reply to a submission; what a test does not care about is filled in."""
    return http.post(SUBMIT, json=REQUEST | fields).json()


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
