"""Webhook bodies: bytes in, a Task out, and no framework.

The calls are unsigned, so a body proves nothing by itself: ask for the task's status before you
believe it.
"""

from __future__ import annotations

from ._service import envelope, replies
from .errors import WebhookError
from .results import Task

MAX_BYTES = 1024 * 1024


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
