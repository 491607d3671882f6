"""Webhooks: bodies as tasks, and an application that receives them, for any framework or none.

The calls are unsigned, so a body proves nothing by itself: ask for the task's status before you
believe it, as `WeryAI.confirm` and `app` do.
"""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._service import envelope, replies
from ..errors import WebhookError
from ..results import Task, Video

if TYPE_CHECKING:
    from .._async_client import AsyncWeryAI
    from .._client import WeryAI

MAX_BYTES = 1024 * 1024

Message = MutableMapping[str, Any]
ASGIApp = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]


def parse(body: bytes) -> Task:
    """Read the body of a call to `webhook_url`. It only reads: nothing is sent, nothing believed.

    Parameters:
        body: as it arrived, at most 1 MB.

    Returns:
        the task that the body speaks of.

    Raises:
        WebhookError: where it is too large or not what the contract says.
    """
    if not isinstance(body, (bytes, bytearray, str)):
        raise WebhookError(f"a body is bytes, as it arrived, and not {type(body).__name__}")
    if len(body) > MAX_BYTES:
        raise WebhookError(f"a body of {len(body):,} bytes; the limit is {MAX_BYTES:,}")
    try:
        return replies.notice(body)
    except envelope.MALFORMED as error:
        raise WebhookError(f"not a notice of a task ({type(error).__name__}: {error})") from error


def dump(task: Task) -> bytes:
    """The body of a call that speaks of a task: what `parse` reads. It hands what was confirmed on
    to somebody else."""
    videos = [{"url": video.url, "cover_image_url": video.cover_url} for video in task.videos]
    data = {"task_id": task.id, "task_status": task.raw_state, "videos": videos}
    told = data | ({"msg": task.message} if task.message else {})
    return json.dumps({"status": 0, "desc": "success", "message": "success", "data": told}).encode()


def app(
    client: WeryAI | AsyncWeryAI,
    directory: str | os.PathLike[str] | None = None,
    *,
    on_task: Callable[[Task], object] | None = None,
    on_video: Callable[[Video, Path], object] | None = None,
) -> ASGIApp:
    """An ASGI application that receives webhooks: it answers a POST to any path that it is mounted
    at. Free.

    A call is only a hint: the client asks the service about its task, and writes what that says
    into its journal. Then the call is answered, and the videos of the job are fetched that are in
    no file yet. A call that comes twice, late or before its submission was answered does no harm,
    and neither do several processes with one journal: each video is fetched once. What no call has
    told, and what could not be fetched, is left for `wait` and `weryai resume`.

    Answers: 200 where the service knows the task, 400 to a body that cannot be read, 404 to one of
    a task that does not exist, 405 and 413; 503 where the service could not be asked or the journal
    not be written.

    Parameters:
        client: with a journal; without one a video is fetched again after a restart. It stays open.
            What an `AsyncWeryAI` fetches stops when the server ends, and goes on with the next
            call or `weryai resume`; a `WeryAI` keeps the server until it is here.
        directory: where the videos go, by the rules of `WeryAI.download`; None fetches none.
        on_task: called with what the service says of the task, after each call that is true; and
            of the others of its job once, when they have ended, as no call may come for them.
        on_video: called with each video that was fetched here, and its path. Both may be coroutine
            functions; others are called in a thread. What they raise is logged, and stops nothing.
    """
    from ._app import Receiver  # which whoever only reads a body does not need

    return Receiver(client, directory, on_task, on_video)
