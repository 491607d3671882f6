# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
"""What the contract allows in the bodies and paths of requests, by schema and field.

A constant for each schema that a request reaches. Importing it brings neither httpx nor the models.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import field, frozen


def _frozen(fields: Mapping[str, Limits]) -> Mapping[str, Limits]:
    return MappingProxyType(dict(fields))


@frozen(kw_only=True)
class Limits:
    """What a value must be. All of it holds at once; what is None or empty limits nothing.

    Attributes:
        kind: array, boolean, integer, null, number, object or string, as JSON Schema has them:
            5.0 is an integer, and True is none.
        enum: the values that are possible.
        least, most: of a number; both are possible.
        shortest, longest: of a string, in characters.
        pattern: a regular expression of ECMA 262 that is found somewhere in the string.
        format: what a string or number is, such as `uri`; a string of format `binary` is a file.
        fewest, most_items: of an array, how many items.
        items: of each item of an array.
        fields: of an object, by name; fields with other names are possible.
        required: of an object, the fields that it must have.
        any_of: at least one of these holds.
    """

    kind: str | None = None
    enum: tuple[str | float | bool | None, ...] = ()
    least: float | None = None
    most: float | None = None
    shortest: int | None = None
    longest: int | None = None
    pattern: str | None = None
    format: str | None = None
    fewest: int | None = None
    most_items: int | None = None
    items: Limits | None = None
    fields: Mapping[str, Limits] = field(factory=dict, converter=_frozen)
    required: tuple[str, ...] = ()
    any_of: tuple[Limits, ...] = ()


IMAGE_ADDRESS = Limits(kind="string", format="uri", pattern="^https?://[^\\s/?#]\\S*$")
VIDEO_NUMBER = Limits(kind="integer", enum=(1, 2, 3, 4))
BOOLEAN_TEXT = Limits(kind="string", enum=("true", "false"))
MULTI_IMAGE_TO_VIDEO_REQUEST = Limits(
    kind="object",
    required=("model", "prompt", "images", "aspect_ratio", "duration"),
    fields={
        "model": Limits(kind="string"),
        "prompt": Limits(kind="string", shortest=1, longest=2000),
        "images": Limits(kind="array", fewest=1, most_items=3, items=IMAGE_ADDRESS),
        "aspect_ratio": Limits(kind="string"),
        "duration": Limits(kind="integer", least=1),
        "negative_prompt": Limits(kind="string", longest=1000),
        "video_number": VIDEO_NUMBER,
        "resolution": Limits(kind="string"),
        "generate_audio": Limits(
            any_of=(
                Limits(kind="boolean"),
                BOOLEAN_TEXT,
            )
        ),
        "webhook_url": Limits(kind="string", format="uri", pattern="^https?://[^\\s/?#]\\S*$"),
        "caller_id": Limits(
            kind="integer", format="int64", least=-9223372036854775808, most=9223372036854775807
        ),
    },
)
IMAGE_TO_VIDEO_REQUEST = Limits(
    kind="object",
    required=("model", "prompt", "image", "aspect_ratio", "duration"),
    fields={
        "model": Limits(kind="string"),
        "prompt": Limits(kind="string", shortest=1, longest=2000),
        "image": IMAGE_ADDRESS,
        "aspect_ratio": Limits(kind="string"),
        "duration": Limits(kind="integer", least=1),
        "negative_prompt": Limits(kind="string", longest=1000),
        "video_number": VIDEO_NUMBER,
        "resolution": Limits(kind="string"),
        "generate_audio": Limits(
            any_of=(
                Limits(kind="boolean"),
                BOOLEAN_TEXT,
            )
        ),
        "webhook_url": Limits(kind="string", format="uri", pattern="^https?://[^\\s/?#]\\S*$"),
        "caller_id": Limits(
            kind="integer", format="int64", least=-9223372036854775808, most=9223372036854775807
        ),
    },
)
FIRST_LAST_IMAGE_TO_VIDEO_REQUEST = Limits(
    kind="object",
    required=("model", "prompt", "first_pic_url", "end_pic_url", "aspect_ratio", "duration"),
    fields={
        "model": Limits(kind="string"),
        "prompt": Limits(kind="string", shortest=1, longest=2000),
        "first_pic_url": IMAGE_ADDRESS,
        "end_pic_url": IMAGE_ADDRESS,
        "aspect_ratio": Limits(kind="string"),
        "duration": Limits(kind="integer", least=1),
        "negative_prompt": Limits(kind="string", longest=1000),
        "video_number": VIDEO_NUMBER,
        "resolution": Limits(kind="string"),
        "generate_audio": Limits(
            any_of=(
                Limits(kind="boolean"),
                BOOLEAN_TEXT,
            )
        ),
        "webhook_url": Limits(kind="string", format="uri", pattern="^https?://[^\\s/?#]\\S*$"),
        "caller_id": Limits(
            kind="integer", format="int64", least=-9223372036854775808, most=9223372036854775807
        ),
    },
)
UPLOAD_FORM = Limits(
    kind="object",
    required=("file",),
    fields={
        "file": Limits(kind="string", format="binary"),
        "batch_no": Limits(kind="string"),
        "fixed": Limits(kind="boolean"),
    },
)
PATH_ID = Limits(kind="string", longest=128, pattern="^\\.*[A-Za-z0-9_:=+~-][A-Za-z0-9_:=+~.-]*$")
