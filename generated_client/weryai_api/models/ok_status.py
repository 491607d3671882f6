# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
from typing import Literal

OkStatus = Literal[0, 200]

OK_STATUS_VALUES: set[OkStatus] = {
    0,
    200,
}


def check_ok_status(value: int) -> OkStatus:
    if value in OK_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OK_STATUS_VALUES!r}")
