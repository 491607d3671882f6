"""The simulated service's memory and rules: credits, tasks, uploads, and a ledger of it all."""

from __future__ import annotations

import itertools
import secrets
import tempfile
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from .. import Clock
from . import _checks
from ._contract import Operation
from ._door import MAX_UPLOAD
from ._render import check_image, placeholder, render
from ._scenario import Answer, Lost, Outcome, Outcomes, Refusal
from ._variant import Variant

MAX_RUNNING = 20
OWN_LIMIT = "the simulator's own limit, what the service takes is not published"
SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")

Fetch = Callable[[str], bytes | None]


@frozen
class Accepted:
    """One paid submission that the service accepted: a line of the ledger.

    Attributes:
        operation: its operationId in the contract.
        payload: the JSON that was sent.
        task_ids: the tasks it started.
        batch_id: their batch.
        credits: what it cost.
        at: seconds since 1970.
    """

    operation: str
    payload: dict[str, Any]
    task_ids: tuple[str, ...]
    batch_id: int
    credits: float
    at: float


@frozen
class Received:
    """One request that reached the service.

    Attributes:
        method: such as GET.
        path: without the query.
        has_key: whether it carried an Authorization header.
        headers: the others, names in lower case.
    """

    method: str
    path: str
    has_key: bool
    headers: dict[str, str]


@frozen
class SimulatedTask:
    """One task: what it makes, when it ends and how; `base` is the address it was submitted to."""

    id: str
    base: str
    batch_id: int
    operation: Operation
    payload: dict[str, Any]
    videos: int
    accepted_at: float
    seconds: float
    outcome: Outcome

    def phase(self, now: float) -> str:
        """`waiting` for the first fifth of its time, then `processing`, then how it ended."""
        spent = now - self.accepted_at
        if spent >= self.seconds:
            return self.outcome.state
        return "waiting" if spent < self.seconds / 5 else "processing"

    def ended(self, now: float) -> bool:
        """Whether its state is its last; else it counts towards the tasks that may run at once."""
        return now - self.accepted_at >= self.seconds and self.outcome.final

    def made(self, now: float) -> int:
        """How many videos there are of it."""
        there = self.ended(now) and self.outcome.videos and not self.outcome.failed
        return self.videos if there else 0

    def urls(self, now: float) -> list[str]:
        """Where its videos are."""
        return [f"{self.base}results/{self.id}-{n}.mp4" for n in range(1, self.made(now) + 1)]


@define
class Account:
    """All state of one simulated account. Thread-safe where two requests could meet."""

    clock: Clock
    credits: float
    price: float
    task_seconds: float
    late_seconds: float
    variant: Variant
    ledger: list[Accepted] = field(factory=list)
    received: list[Received] = field(factory=list)
    outcomes: Outcomes = field(factory=Outcomes)
    script: defaultdict[str, deque[Answer | Lost]] = field(factory=lambda: defaultdict(deque))
    tasks: dict[str, SimulatedTask] = field(factory=dict)
    uploads: dict[str, bytes] = field(factory=dict)
    notified: set[str] = field(factory=set)
    folder: tempfile.TemporaryDirectory[str] = field(
        factory=lambda: tempfile.TemporaryDirectory(prefix="weryai-simulator-")
    )
    # Not from `random`, whose seed tests set: an id that comes twice is a task that is lost.
    batch_ids: Iterator[int] = field(factory=lambda: itertools.count(100_000_001))
    lock: threading.Lock = field(factory=threading.Lock)
    rendering: threading.Lock = field(factory=threading.Lock)

    def submit(self, operation: Operation, body: Any, base: str) -> Accepted:
        """Check, charge and start. Raises Refusal, and then nothing was charged."""
        payload = _checks.check(operation, body, self.variant)
        with self.lock:
            number = payload.get("video_number", 1)
            shares = [number] if self.variant.one_task else [1] * number
            now = self.clock.time()
            running = sum(not task.ended(now) for task in self.tasks.values())
            if running + len(shares) > MAX_RUNNING:
                raise Refusal(6010)
            cost = self.price * payload["duration"] * number
            if cost > self.credits:
                raise Refusal(1011)
            self.credits -= cost
            batch_id = next(self.batch_ids)
            tasks = [
                self._start(operation, payload, base, share, batch_id, now) for share in shares
            ]
            ids = tuple(task.id for task in tasks)
            accepted = Accepted(operation.name, payload, ids, batch_id, cost, now)
            self.ledger.append(accepted)
            return accepted

    def task(self, task_id: str) -> SimulatedTask:
        """A task by its id. Raises Refusal."""
        if task_id not in self.tasks:
            raise Refusal(1003)
        return self.tasks[task_id]

    def batch(self, batch_id: str) -> list[SimulatedTask]:
        """The tasks of a batch that are told by now. Raises Refusal."""
        tasks = [task for task in self.tasks.values() if str(task.batch_id) == batch_id]
        if not tasks:
            raise Refusal(1003)
        late = self.variant.late == "tasks" and any(map(self.late, tasks))
        return tasks[:1] if late else tasks

    def late(self, task: SimulatedTask) -> bool:
        """Whether what a variant tells late is not told of it yet."""
        return self.clock.time() < task.accepted_at + task.seconds + self.late_seconds

    def upload(self, content: bytes) -> str:
        """Keep an image and give it a name. Raises Refusal."""
        if len(content) > MAX_UPLOAD:
            raise Refusal(1014, f"Upload image too large: {MAX_UPLOAD:,} bytes is {OWN_LIMIT}")
        webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
        if not webp and not content.startswith(SIGNATURES):
            raise Refusal(2004)
        try:
            check_image(content)
        except ValueError as error:
            raise Refusal(2004, str(error)) from None
        name = f"weryai_{secrets.token_hex(16)}"
        self.uploads[name] = content
        return name

    def video(self, task_id: str, number: int, fetch: Fetch) -> Path | None:
        """The file of a video, rendered when it is first asked for; None if there is none."""
        task = self.tasks.get(task_id)
        if task is None or not 1 <= number <= task.made(self.clock.time()):
            return None
        path = Path(self.folder.name) / f"{task_id}-{number}.mp4"
        with self.rendering:
            if not path.exists():
                self._render(task, path, fetch)
        return path

    def due_notices(self) -> list[SimulatedTask]:
        """Tasks that have ended and whose webhook has not been called yet; each is told once."""
        now = self.clock.time()
        due = [
            task
            for task in list(self.tasks.values())
            if task.id not in self.notified and task.payload.get("webhook_url") and task.ended(now)
        ]
        self.notified.update(task.id for task in due)
        return due

    def _start(
        self,
        operation: Operation,
        payload: dict[str, Any],
        base: str,
        videos: int,
        batch_id: int,
        now: float,
    ) -> SimulatedTask:
        outcome = self.outcomes.popleft() if self.outcomes else Outcome()
        seconds = self.task_seconds if outcome.seconds is None else outcome.seconds
        task_id = f"task_{secrets.token_hex(8)}"
        task = SimulatedTask(
            task_id, base, batch_id, operation, payload, videos, now, seconds, outcome
        )
        self.tasks[task_id] = task
        return task

    def _render(self, task: SimulatedTask, path: Path, fetch: Fetch) -> None:
        payload = task.payload
        addresses = task.operation.images(payload)
        images = [_usable(fetch(url)) or placeholder(url, (854, 480)) for url in addresses]
        draft = path.with_suffix(".draft")
        render(
            images,
            aspect_ratio=payload.get("aspect_ratio", "16:9"),
            duration=payload["duration"],
            resolution=payload.get("resolution"),
            path=draft,
            label=f"simulated {payload['model']}",
        )
        draft.replace(path)


def _usable(image: bytes | None) -> bytes | None:
    """An image from elsewhere on this machine, None if it cannot be shown."""
    if image is None:
        return None
    try:
        check_image(image)
    except ValueError:
        return None
    return image
