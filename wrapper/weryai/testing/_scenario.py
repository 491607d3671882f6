"""What a simulated service can be told to do: how it spells its replies, and what goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_type_hints

from attrs import field, fields, frozen

OPERATIONS = (
    "submit_multi_image_to_video",
    "get_task_status",
    "get_batch_status",
    "upload_file",
    "get_balance",
    "list_video_models",
)

Success = Literal["0", "200", "true"]
Ids = Literal["task_ids", "task_id", "both"]
States = Literal["live", "documented", "mapped", "canceled", "error"]
Shape = Literal["object", "list", "wrapped", "camel"]
Batch = Literal["list", "object"]
Videos = Literal[
    "strings", "objects", "video_urls", "video_url", "video", "src", "task_result", "output"
]
Reason = Literal["msg", "task_result"]
Balance = Literal["number", "object"]
BadKey = Literal["401", "403", "1002"]
Registry = Literal["full", "image_to_video"]


@frozen(kw_only=True)
class Variant:
    """How the service spells its replies: each of these has been seen or documented somewhere.

    Parameters:
        success: status 0, status 200, or `success: true` without a status.
        ids: where a submission puts the task's id; all but `task_ids` need a single task.
        one_task: one task makes all videos, instead of one task for each.
        states: `live` (succeed), `documented` (SUCCESS), `mapped` (running, success), `canceled` or
            `error` (where a task failed).
        shape: of a task: a plain object, a list of one, below `output`, or in camel case.
        batch: a list, or a lone object where there is one task.
        videos: where and how a task names its videos; `video_url` and `video` need a single one.
        reason: where a failed task says why.
        balance: a number or an object.
        bad_key: how a bad key is refused.
        registry: with rows for several images, or only the ones they fall back to.
        nulls: absent fields of a task are there, as null.
    """

    success: Success = "0"
    ids: Ids = "task_ids"
    one_task: bool = False
    states: States = "live"
    shape: Shape = "object"
    batch: Batch = "list"
    videos: Videos = "strings"
    reason: Reason = "msg"
    balance: Balance = "number"
    bad_key: BadKey = "401"
    registry: Registry = "full"
    nulls: bool = False

    def __attrs_post_init__(self) -> None:
        for name, choices in self.choices().items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} is one of {', '.join(map(str, choices))}")

    @classmethod
    def choices(cls) -> dict[str, tuple[Any, ...]]:
        """The values of each field."""
        hints = get_type_hints(cls)
        return {each.name: get_args(hints[each.name]) or (False, True) for each in fields(cls)}


@frozen
class Answer:
    """An answer in the place of the service's own, once.

    Parameters:
        status: the HTTP status.
        body: as it is sent; text is encoded as UTF-8, anything else as JSON.
        headers: such as Retry-After.
        accepted: carry the request out first, so that only its answer is lost.
    """

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(factory=dict)
    accepted: bool = False


@frozen
class Lost:
    """No answer at all, once. In process the client sees a read timeout.

    Parameters:
        accepted: carry the request out first: the paid job exists, and nobody was told.
    """

    accepted: bool = False


@frozen
class Outcome:
    """How a task ends.

    Parameters:
        state: `succeed` or `failed`, another spelling of the end such as `canceled`, or a state of
            your own, in which it stays and counts as running.
        message: why it failed.
        videos: whether a task that succeeded has videos.
        seconds: from submission to the end; the simulator's own where it is None.
    """

    state: str = "succeed"
    message: str | None = None
    videos: bool = True
    seconds: float | None = None


# What the service says with each code, in its own enum's words where they are published.
REFUSALS: Mapping[int, str] = {
    1001: "Request rate limit exceeded",
    1002: "Parameter error",
    1003: "Resource does not exist or may have expired",
    1006: "not model",
    1007: "Queue full",
    1009: "Permission denied",
    1010: "Data not found",
    1011: "Insufficient credits",
    1014: "Upload image too large",
    1015: "Daily upload limit exceeded",
    1017: "VIP permission denied",
    2001: "Input image flagged",
    2003: "Text or image flagged",
    2004: "Image format not supported",
    6001: "工作流系统异常",
    6002: "Workflow rate limit exceeded",
    6003: "Credit deduction failed",
    6004: "Generation failed",
    6010: "More than 20 concurrent tasks",
    6101: "Daily limit exceeded",
}


class Refusal(Exception):
    """A business error inside HTTP 200."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message or REFUSALS.get(code, "refused")

    def envelope(self) -> dict[str, Any]:
        """The body of the reply."""
        return {"status": self.code, "desc": self.message, "message": self.message}


def refusal(code: int, message: str = "") -> Answer:
    """An Answer with a business code inside HTTP 200, such as `refusal(1001)`."""
    return Answer(body=Refusal(code, message).envelope())
