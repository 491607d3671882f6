"""Upload, submit, wait, download: each rule once, as a coroutine over an injected I/O object."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from attrs import frozen

from . import _failures, _files, _media, _retry, _urls, _wire
from ._config import Config
from ._io import IO, Call
from ._retry import Cost, Verdict
from ._wire import Operation
from .errors import (
    AuthenticationError,
    ConfigError,
    DownloadError,
    InvalidRequestError,
    MediaError,
    NotFoundError,
    ResponseError,
    SubmissionUnknownError,
    TaskFailedError,
    TransportError,
    UnexpectedResponseError,
    WaitTimeoutError,
    WeryAIError,
)
from .requests import Image, MultiImageToVideo
from .results import Job, Model, Result, Task, Video

T = TypeVar("T")
OnUpdate = Callable[[Result], None]
Source = Result | Task | Iterable[Video]

log = logging.getLogger("weryai")


@frozen
class Flows:
    """The rules, on one kind of I/O."""

    io: IO
    config: Config

    async def balance(self) -> float:
        return await self.call(_wire.balance())

    async def models(self) -> tuple[Model, ...]:
        return await self.call(_wire.models())

    async def status(self, task_id: str) -> Task:
        return await self.call(_wire.task_status(task_id))

    async def batch_status(self, batch_id: str) -> tuple[Task, ...]:
        return await self.call(_wire.batch_status(batch_id))

    async def upload(self, source: Image) -> str:
        image = await self.io.run(_media.inspect, source)
        return await self._upload(image)

    async def submit(self, request: MultiImageToVideo) -> Job:
        if faults := await self.io.run(_media.faults, request.images):
            raise MediaError(faults)
        images = [await self._address(image) for image in request.images]
        sent_at = self._now()
        receipt = await self.call(_wire.submit(request, images))
        job = Job(receipt.task_ids, receipt.batch_id, sent_at, request.caller_id)
        log.info("submitted: %s", job.to_dict())
        return job

    async def generate(
        self, request: MultiImageToVideo, timeout: float, on_update: OnUpdate | None
    ) -> Result:
        return await self.wait(await self.submit(request), timeout, on_update)

    async def wait(self, job: Job, timeout: float, on_update: OnUpdate | None) -> Result:
        seen: dict[str, Task] = {}
        try:
            return await self._watch(job, timeout, on_update, seen)
        except WeryAIError as error:
            error.job = job
            if seen:
                error.result = Result(job, tuple(seen.values()))
            raise
        except BaseException as error:
            error.add_note(f"the job is paid and goes on: {job.name}")
            raise

    async def _watch(
        self, job: Job, timeout: float, on_update: OnUpdate | None, seen: dict[str, Task]
    ) -> Result:
        if not isinstance(timeout, (int, float)) or not timeout >= 0:  # NaN is not either
            raise InvalidRequestError([f"timeout must be a number of seconds, not {timeout!r}"])
        deadline = self.io.clock.monotonic() + timeout
        warned: set[str] = set()
        pauses = _retry.poll_pauses()
        while True:
            error = await self._look(job, seen)
            result = Result(job, tuple(seen.values()))
            _report_unknown(result, warned)
            if on_update and seen:
                on_update(result)
            if result.done and result.failed:
                raise TaskFailedError(result)
            if result.done:
                return result
            left = deadline - self.io.clock.monotonic()
            if left <= 0:
                raise WaitTimeoutError(job, result if seen else None, timeout) from error
            await self.io.sleep(min(left, max(next(pauses), _retry.retry_after(error))))

    async def download(self, source: Source, directory: str | os.PathLike[str]) -> list[Path]:
        folder = Path(directory)
        videos = source.videos if isinstance(source, (Result, Task)) else tuple(source)
        if odd := [video for video in videos if not isinstance(video, Video)]:
            raise InvalidRequestError(
                [f"{odd[0]!r:.80} is no Video: give a Result, Task or Videos"]
            )
        paths: list[Path] = []
        failures: list[DownloadError] = []
        for video, name in zip(videos, _files.names(videos), strict=True):
            try:
                await self.io.run(_files.make_folder, folder)
                paths.append(await self._fetch(video, folder / name))
            except (OSError, ValueError, WeryAIError) as error:
                # The others may not be there for long, so they are fetched all the same.
                failures.append(DownloadError(str(error), video=video))
                failures[-1].__cause__ = error
        if failures:
            failures[0].paths = paths
            raise failures[0]
        return paths

    async def call(self, operation: Operation[T]) -> T:
        """Send until it is answered, refused for good, or the budget is used up."""
        clock, started = self.io.clock, self.io.clock.monotonic()
        for attempt in count(1):
            sent_at = self._now()
            try:
                return await self._once(operation)
            except WeryAIError as error:
                verdict = _retry.verdict(error, operation.cost)
                if verdict is Verdict.UNKNOWN:
                    raise _unknown(operation, error, sent_at) from error
                pause = _retry.pause(error, operation.cost, attempt)
                spent = clock.monotonic() - started
                if verdict is Verdict.RAISE or spent + pause > self.config.retry_budget:
                    raise
                log.info("%s; trying again in %.1f s", error, pause)
            except BaseException as error:
                # Stopped from outside, or a fault of ours: what was paid must not go unsaid.
                if operation.cost is Cost.PAID:
                    unknown = _unknown(operation, error, sent_at)
                    log.warning("%s", unknown)
                    if isinstance(error, Exception):
                        raise unknown from error
                    error.add_note(str(unknown))
                raise
            await self.io.sleep(pause)
        raise AssertionError("unreachable")  # pragma: no cover

    async def _once(self, operation: Operation[T]) -> T:
        if self.io.closed:
            raise ConfigError("this client is closed: make a new one")
        base = self.config.registry_url if operation.registry else self.config.base_url
        key = self.config.api_key
        headers = {**operation.request.get("headers", {}), "Authorization": f"Bearer {key}"}
        call = {**operation.request, "url": base + operation.request["url"], "headers": headers}
        with _failures.mapped():
            response = await self.io.send(call)
        try:
            return operation.read(_failures.without(key, response))
        except ResponseError as error:
            error.hide(key)
            raise

    async def _look(self, job: Job, seen: dict[str, Task]) -> WeryAIError | None:
        """Bring `seen` up to date. Returns why a poll failed, where a later one may succeed.

        A final refusal is raised once every other task has ended, so that none is lost with it.
        """
        errors: list[TransportError | ResponseError] = []
        if job.batch_id and len(job.task_ids) != 1:
            error = await self._look_at(_wire.batch_status(job.batch_id), seen)
            if not isinstance(error, (NotFoundError, UnexpectedResponseError)) or not job.task_ids:
                errors += [error] if error else []
                return self._settle(job, errors)
            # A batch that cannot be read is no reason to give up its tasks.
        for task_id in job.task_ids:
            if task_id not in seen or not seen[task_id].done:
                error = await self._look_at(_wire.task_status(task_id), seen, task_id)
                errors += [error] if error else []
        running = [task for task in seen.values() if not task.done]
        return errors[0] if errors and running else self._settle(job, errors)

    async def _look_at(
        self, poll: Operation[Any], seen: dict[str, Task], task_id: str = ""
    ) -> TransportError | ResponseError | None:
        """One poll. Returns why it failed; a refused key is raised at once."""
        try:
            told = await self._once(poll)
        except AuthenticationError:
            raise
        except (TransportError, ResponseError) as error:
            log.info("a poll failed, the wait goes on: %s", error)
            return error
        for task in told if isinstance(told, tuple) else (told,):
            name = task_id or task.id
            if not (name in seen and seen[name].videos and not task.videos):
                seen[name] = task  # a later reply may leave out what was made, and not take it away
        return None

    def _settle(
        self, job: Job, errors: Sequence[TransportError | ResponseError]
    ) -> TransportError | ResponseError | None:
        """Raise the first of these if none can turn out better, else return it."""
        born = job.submitted_at
        age = (self._now() - born).total_seconds() if born else None
        if errors and all(_retry.ends_a_wait(error, age) for error in errors):
            raise errors[0]
        return errors[0] if errors else None

    async def _address(self, image: Image) -> str:
        if isinstance(image, str) and _urls.is_address(image):
            return image
        return await self.upload(image)

    async def _upload(self, image: _media.LocalImage) -> str:
        try:
            content = await self.io.run(_media.open_image, image)
        except OSError as error:
            raise MediaError([f"{image.path}: cannot be read ({error})"]) from error
        try:
            return await self.call(_wire.upload(image, content))
        finally:
            await self.io.run(content.close)

    async def _fetch(self, video: Video, target: Path) -> Path:
        if fault := _urls.fault(video.url):
            raise InvalidRequestError([f"its address {fault}"])
        call: Call = {"method": "GET", "url": video.url, "headers": _files.HEADERS}
        started = self.io.clock.monotonic()
        for attempt in count(1):
            part = _files.part_of(target)
            try:
                with _failures.mapped():
                    response = await self.io.save(call, part)
                _failures.raise_for_download(response)
                await self.io.run(_files.complete, part, target, response.headers)
                return target
            except (TransportError, ResponseError) as error:
                pause = _retry.pause(error, Cost.FREE, attempt)
                spent = self.io.clock.monotonic() - started
                if not _retry.is_passing(error) or spent + pause > _retry.DOWNLOAD_BUDGET:
                    raise
                log.info("%s: %s; trying again in %.1f s", video.name, error, pause)
            finally:
                _files.drop(part)
            await self.io.sleep(pause)
        raise AssertionError("unreachable")  # pragma: no cover

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.io.clock.time(), UTC)


def _unknown(
    operation: Operation[T], error: BaseException, sent_at: datetime
) -> SubmissionUnknownError:
    raw = error.raw if isinstance(error, ResponseError) else b""
    reason = str(error) if isinstance(error, WeryAIError) else f"{type(error).__name__}"
    payload = operation.request["json"]
    return SubmissionUnknownError(reason, payload=payload, sent_at=sent_at, raw=raw)


def _report_unknown(result: Result, warned: set[str]) -> None:
    """Say once per spelling that a state is not known; it counts as still running."""
    for task in result.tasks:
        if not task.known and task.raw_state not in warned:
            warned.add(task.raw_state)
            log.warning("task %s is in an unknown state, %r", task.id, task.raw_state)
