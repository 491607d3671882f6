"""The states of a task, in every spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

# What a state means, whatever its spelling.
TaskState = Literal["waiting", "processing", "succeeded", "failed"]

WAITING: Final = "waiting"
PROCESSING: Final = "processing"
SUCCEEDED: Final = "succeeded"
FAILED: Final = "failed"

# Every spelling that has been seen or is defended against, in lower case; the contract's
# KnownTaskStatus gives the evidence.
STATES: Mapping[str, TaskState] = {
    "waiting": WAITING,
    "pending": WAITING,
    "processing": PROCESSING,
    "running": PROCESSING,
    "succeed": SUCCEEDED,
    "success": SUCCEEDED,
    "failed": FAILED,
    "fail": FAILED,
    "error": FAILED,
    "canceled": FAILED,
}

# Other words for an end, without separators. Evidence class I (inference): no page names them and
# nobody has seen them here; siblings of this service use them.
INFERRED: Mapping[str, TaskState] = {
    "succeeded": SUCCEEDED,
    "successful": SUCCEEDED,
    "completed": SUCCEEDED,
    "complete": SUCCEEDED,
    "finished": SUCCEEDED,
    "done": SUCCEEDED,
    "failure": FAILED,
    "errored": FAILED,
    "exception": FAILED,
    "cancelled": FAILED,
    "cancel": FAILED,
    "timeout": FAILED,
    "timedout": FAILED,
    "expired": FAILED,
    "rejected": FAILED,
    "refused": FAILED,
    "denied": FAILED,
    "declined": FAILED,
    "aborted": FAILED,
    "terminated": FAILED,
    "killed": FAILED,
}

SEPARATORS = re.compile(r"[\s_-]+")


def state_of(spelled: str) -> TaskState | str:
    """What a spelling means: one of the four states, or itself in lower case."""
    word = spelled.strip().lower()
    return STATES.get(word) or INFERRED.get(SEPARATORS.sub("", word)) or word
