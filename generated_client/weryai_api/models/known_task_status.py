# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
from typing import Literal

KnownTaskStatus = Literal[
    "FAILED",
    "PENDING",
    "PROCESSING",
    "RUNNING",
    "SUCCEED",
    "SUCCESS",
    "WAITING",
    "canceled",
    "error",
    "fail",
    "failed",
    "pending",
    "processing",
    "running",
    "succeed",
    "success",
    "waiting",
]

KNOWN_TASK_STATUS_VALUES: set[KnownTaskStatus] = {
    "FAILED",
    "PENDING",
    "PROCESSING",
    "RUNNING",
    "SUCCEED",
    "SUCCESS",
    "WAITING",
    "canceled",
    "error",
    "fail",
    "failed",
    "pending",
    "processing",
    "running",
    "succeed",
    "success",
    "waiting",
}


def check_known_task_status(value: str) -> KnownTaskStatus:
    if value in KNOWN_TASK_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {KNOWN_TASK_STATUS_VALUES!r}")
