"""What agents are told of a job, as plain JSON data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weryai.journal import Entry, State
from weryai.requests import endpoint_of

HISTORY = "https://weryai.com/api/history"
# What to do next, by the state of an entry.
NEXT: Mapping[State, str] = {
    "sending": "it is being sent: call `status` in some seconds",
    "unknown": "it may have been paid, and nobody knows: do not submit it again. A person looks it"
    f" up on {HISTORY}, then says what is there: weryai jobs settle {{id}} [TASK_ID...]",
    "running": "still running: call `wait` again, it costs nothing",
    "ready": "call `download`",
    "incomplete": "it ended with fewer videos than were paid for: call `download` for those that"
    " are there, and look again later",
    "fetched": "nothing is left to do",
    "failed": "every task failed, see `failed`; another submission needs another idempotency_key",
    "settled": "somebody has closed it",
}


def told(entry: Entry) -> dict[str, Any]:
    """A job, and what to do next."""
    result, job = entry.result, entry.job
    videos = result.videos if result else ()
    said = {
        "job": entry.id,
        "state": entry.state,
        "next": NEXT[entry.state].format(id=entry.id),
        "idempotency_key": entry.idempotency_key,
        "endpoint": endpoint_of(entry.operation),
        "prompt": entry.payload.get("prompt"),
        "sent_at": entry.sent_at.isoformat(timespec="seconds"),
        "task_ids": [*job.task_ids] if job else [],
        "batch_id": job.batch_id if job else None,
        "videos_paid_for": result.expected if result else None,
        "videos": [_video(entry, video.name, video.url) for video in videos],
        "failed": {task.id: task.reason for task in result.failed} if result else {},
    }
    return {name: value for name, value in said.items() if value not in (None, [], {})}


def _video(entry: Entry, name: str, url: str) -> dict[str, str]:
    file = entry.files.get(name)
    return {"url": url} if file is None else {"url": url, "file": str(file)}
