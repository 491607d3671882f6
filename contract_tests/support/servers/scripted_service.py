"""A service that tells of tasks what a test scripts, reply by reply."""

from __future__ import annotations

from typing import Any

import httpx

from weryai import Job, Result

BATCH = "9"
RUNS = "processing"
DONE = "succeed"


def task(name: str | None, state: str, *urls: str, **fields: Any) -> dict[str, Any]:
    """A task as a reply tells it; the addresses of its videos are below one host."""
    videos = [f"https://cdn.example.com/{url}" for url in urls]
    named = {"task_id": name} if name else {}
    return {**named, "task_status": state, "videos": videos, **fields}


def two(*ids: str, batch: str | None = BATCH) -> Job:
    """A job of two videos."""
    return Job(ids, batch, video_number=2)


def made(result: Result | None) -> dict[str, str]:
    """By name, where the videos are."""
    assert result is not None
    return {video.name: video.url.rpartition("/")[2] for video in result.videos}


class Service:
    """Answers polls with these data in this order, and then with the last one for ever.

    Parameters:
        tasks: by the id of a task, or of the batch: a list of data, HTTP statuses, codes of
            refusals (above 1000), or 0 for no answer. What is not in here does not exist.
    """

    def __init__(self, **tasks: list[Any]) -> None:
        self.tasks = {name.removeprefix("batch_"): list(told) for name, told in tasks.items()}
        self.polls: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = request.url.path.split("/")[-2]
        self.polls.append(asked)
        told = self.tasks.get(asked, [1003])
        data = told.pop(0) if len(told) > 1 else told[0]
        if data == 0:
            raise httpx.ReadError("gone")
        if isinstance(data, int) and data < 1000:
            return httpx.Response(data, text="?")
        if isinstance(data, int):
            return httpx.Response(200, json={"status": data, "message": "no"})
        return httpx.Response(200, json={"status": 0, "data": data})
