"""Receiving webhooks: each is confirmed and answered, then the videos of its job are fetched."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from inspect import isawaitable, iscoroutinefunction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anyio import CancelScope, to_thread
from attrs import define, field

from ..errors import DownloadError, JournalError, WebhookError, WeryAIError
from ..results import Job, Task, Video
from . import MAX_BYTES, Message, parse

if TYPE_CHECKING:
    from .._async_client import AsyncWeryAI
    from .._client import WeryAI
    from ..journal import Entry, Journal

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# Seconds for a job that has ended short of what was paid for: a success may list its videos late,
# which a wait gives up after a minute.
LATE = 90.0

log = logging.getLogger("weryai")


class _Gone(Exception):
    """Whoever called has hung up."""


@define(eq=False)
class Receiver:
    """The application. What it knows of jobs is in the client's journal.

    Attributes:
        told: tasks whose end was told.
        fetching: tasks of no entry that are being fetched.
        fetched: names of their videos that are here.
    """

    client: WeryAI | AsyncWeryAI
    directory: str | os.PathLike[str] | None
    on_task: Callable[[Task], object] | None
    on_video: Callable[[Video, Path], object] | None
    told: set[str] = field(init=False, factory=set)
    fetching: set[str] = field(init=False, factory=set)
    fetched: set[str] = field(init=False, factory=set)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            await self._receive(scope, receive, send)
        else:
            raise ValueError(f"webhooks come by HTTP, and this is {scope['type']!r:.40}")

    async def _receive(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            status, task = await self._confirmed(scope, receive)
        except _Gone:
            return
        headers = [(b"content-length", b"0")] + [(b"allow", b"POST")] * (status == 405)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        if task is None:
            return
        await self._tell_of(task)
        try:
            await self._follow(task)
        except Exception:  # also of a journal of the user's; the call is answered
            log.exception("the videos of %r are left for weryai resume", task.id)

    async def _confirmed(self, scope: Message, receive: Receive) -> tuple[int, Task | None]:
        """The HTTP status of the answer, and the task, as the service tells it."""
        if scope["method"] != "POST":
            return 405, None
        body = await _body(receive)
        if len(body) > MAX_BYTES:
            return 413, None
        try:
            parse(body)
        except WebhookError as error:
            log.info("a call that is no webhook: %.200s", error)
            return 400, None
        try:
            return 200, await self._do(self.client.confirm, body)
        except WebhookError as error:
            log.info("a call that is not true: %.200s", error)
            return 404, None
        except WeryAIError as error:
            log.warning("a webhook could not be confirmed: %s", error)
            return 503, None

    async def _follow(self, task: Task) -> None:
        """Do what follows from a call for all of the task's job."""
        journal = self.client.journal
        job = Job([task.id])
        entry = await self._do(journal.find, self.client.base_url, job) if journal else None
        if journal is None or entry is None or entry.job is None:
            await self._fetch_alone(task)
            return
        entry = await self._looked_at(journal, entry, entry.job)
        for other in entry.tasks:
            if other.done and other.id not in self.told:
                await self._tell_of(other)
        if self.directory is not None:
            await self._fetch(journal, entry.id)

    async def _fetch(self, journal: Journal, entry_id: str) -> None:
        """Fetch what there is of an entry, and in no file yet."""
        tried: set[str] = set()
        # Whoever has claimed it looks again when it is free, so that what another call has told
        # meanwhile is fetched too.
        while await self._left(journal, entry_id, tried):
            if not await self._do(journal.claim, entry_id):
                return
            try:
                # Another process may have done it between the look and the claim.
                videos = await self._left(journal, entry_id, tried)
                tried.update(video.name for video in videos)
                await self._download(videos)
            finally:
                with CancelScope(shield=True):
                    await self._do(journal.release, entry_id)

    async def _fetch_alone(self, task: Task) -> None:
        """The same for a task that no journal knows."""
        if task.id in self.fetching or self.directory is None:
            return
        self.fetching.add(task.id)
        try:
            left = [video for video in task.videos if video.name not in self.fetched]
            self.fetched |= await self._download(left)
        finally:
            self.fetching.discard(task.id)

    async def _looked_at(self, journal: Journal, entry: Entry, job: Job) -> Entry:
        """Ask about the rest of a job: one call may be all that comes of a batch, and a success may
        list its videos late. Returns its entry, as it is then."""
        for timeout in (0, LATE):
            result = entry.result
            if result is None or result.complete or entry.final or (timeout and not result.done):
                break
            try:
                await self._do(self.client.wait, job, timeout=timeout)
            except JournalError:
                raise
            except WeryAIError as error:  # it runs, or has failed, which the journal has by now
                log.debug("%s", error)
            entry = await self._do(journal.entry, entry.id) or entry
        return entry

    async def _left(self, journal: Journal, entry_id: str, tried: set[str]) -> list[Video]:
        """The videos of an entry that are in no file, but those that were tried already."""
        entry = await self._do(journal.entry, entry_id)
        return [video for video in entry.unfetched if video.name not in tried] if entry else []

    async def _download(self, videos: Sequence[Video]) -> set[str]:
        """Fetch these. Returns the names of those that are here."""
        fetched = set()
        for video in videos:
            try:
                (path,) = await self._do(self.client.download, [video], self.directory)
            except DownloadError as error:  # which is no reason to give up the others
                log.warning("%s is left for weryai resume: %s", video.name, error)
            else:
                fetched.add(video.name)
                await self._tell(self.on_video, video, path)
        return fetched

    async def _tell_of(self, task: Task) -> None:
        if task.done:
            self.told.add(task.id)
        await self._tell(self.on_task, task)

    async def _tell(self, listener: Callable[..., object] | None, *told: object) -> None:
        if listener is None:
            return
        try:
            await self._do(listener, *told)
        except Exception:
            log.exception("%r failed", listener)

    async def _do(self, work: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Call what may be a coroutine function, and may block."""
        call = partial(work, *args, **options)
        found = call() if iscoroutinefunction(work) else await to_thread.run_sync(call)
        return await found if isawaitable(found) else found


async def _body(receive: Receive) -> bytes:
    """What came, as far as the limit and a bit. Raises _Gone."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        body += message.get("body", b"")
        if not message.get("more_body") or len(body) > MAX_BYTES:
            return bytes(body)


async def _live(receive: Receive, send: Send) -> None:
    """Start and end with the server: there is nothing to start and nothing to end."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
