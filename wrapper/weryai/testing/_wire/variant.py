"""How a simulated service spells its replies, which can be chosen."""

from __future__ import annotations

import functools
from typing import Any, Literal, get_args, get_type_hints

from attrs import fields, frozen

Success = Literal["0", "200", "true"]
Ids = Literal["task_ids", "task_id", "both"]
States = Literal["live", "documented", "noted", "mapped", "canceled", "error"]
Shape = Literal["object", "list", "wrapped", "camel"]
Batch = Literal["list", "object"]
Videos = Literal[
    "strings", "objects", "video_urls", "video_url", "video", "src", "task_result", "output"
]
Reason = Literal["msg", "task_result"]
Balance = Literal["number", "object"]
BadKey = Literal["401", "403", "1002"]
Registry = Literal["full", "image_to_video"]
Named = Literal["all", "first"]
Webhooks = Literal["task", "batch"]
Late = Literal["nothing", "videos", "tasks", "state"]
AspectRatio = Literal["required", "optional"]


@frozen(kw_only=True)
class Variant:
    """How the service spells its replies: each of these has been seen or documented somewhere.

    Parameters:
        success: status 0, status 200, or `success: true` without a status.
        ids: where a submission puts the task's id; all but `task_ids` need a single task.
        named: which tasks of several a submission names: all, or the first alone beside the batch
            that has them all, as the page's own example does.
        one_task: one task makes all videos, instead of one task for each.
        states: `live` (succeed), `documented` (SUCCESS), `noted` (RUNNING, SUCCEED: the vendor's
            notes), `mapped` (running, success), `canceled` or `error` (where a task failed).
        shape: of a task: a plain object, a list of one, below `output`, or in camel case.
        batch: a list, or a lone object where there is one task.
        videos: where and how a task names its videos; `video_url` and `video` need a single one.
        reason: where a failed task says why.
        balance: a number or an object.
        bad_key: how a bad key is refused.
        registry: with rows for several images, or only the ones they fall back to.
        nulls: absent fields of a task are there, as null.
        aspect_ratio: whether a model whose row lists no ratios may be asked without one; the page
            requires it, and the vendor's client leaves it out then.
        late: what is told only `late_seconds` after a task has ended: the last of its `videos`, the
            other `tasks` of its batch than the first, or the `state` of one that succeeded, which
            says failed until then (I).
        webhooks: called once for each task, when it has ended, or once for each batch, about its
            first task, when all have (I).
    """

    success: Success = "0"
    ids: Ids = "task_ids"
    named: Named = "all"
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
    aspect_ratio: AspectRatio = "required"
    late: Late = "nothing"
    webhooks: Webhooks = "task"

    def __attrs_post_init__(self) -> None:
        for name, choices in self.choices().items():
            value = getattr(self, name)
            # 1 is True in Python, and not here.
            if (type(value), value) not in [(type(choice), choice) for choice in choices]:
                raise ValueError(f"{name} is one of {', '.join(map(str, choices))}, not {value!r}")

    @classmethod
    def choices(cls) -> dict[str, tuple[Any, ...]]:
        """The values of each field."""
        return {**_choices()}


@functools.cache
def _choices() -> dict[str, tuple[Any, ...]]:
    hints = get_type_hints(Variant)
    return {field.name: get_args(hints[field.name]) or (False, True) for field in fields(Variant)}
