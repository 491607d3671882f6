"""By operation of the contract, the call of the client that reaches it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from contract_tests.support.contract import OPERATIONS, PAID
from contract_tests.support.requests import CLASSES, usual
from weryai import WeryAI


def calls(client: WeryAI, picture: Path) -> dict[str, Callable[[], Any]]:
    """By operationId: the call that asks for it."""

    def submit(operation: str) -> Any:
        return client.submit(usual(operation))

    return {
        **{name: partial(submit, name) for name in PAID if name in CLASSES},
        "get_task_status": lambda: client.status("task_1"),
        "get_batch_status": lambda: client.batch_status("1"),
        "upload_file": lambda: client.upload(another(picture)),
        "get_balance": client.balance,
        "list_video_models": client.models,
    }


def _reached() -> tuple[str, ...]:
    """An operation without a call is told once, by test_calls.py, and tried nowhere else."""
    with WeryAI("sk-none-of-all") as client:
        known = calls(client, Path())
    return tuple(name for name in OPERATIONS if name in known)


def another(image: Path) -> Path:
    """The file with other content: the same would not be uploaded again."""
    content = image.read_bytes()
    end = content.rindex(b"IEND") + 8  # whatever stands behind it is no part of the picture
    number = int.from_bytes(content[end:], "big") + 1
    image.write_bytes(content[:end] + number.to_bytes(4, "big"))
    return image


REACHED = _reached()
