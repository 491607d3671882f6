# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
from typing import Literal

VideoNumber = Literal[1, 2, 3, 4]

VIDEO_NUMBER_VALUES: set[VideoNumber] = {
    1,
    2,
    3,
    4,
}


def check_video_number(value: int) -> VideoNumber:
    if value in VIDEO_NUMBER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {VIDEO_NUMBER_VALUES!r}")
