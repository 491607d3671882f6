"""The simulated service's memory and rules: credits, tasks, uploads, and a ledger of it all."""

from __future__ import annotations

import secrets
import threading
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from math import inf
from pathlib import Path
from typing import Any

from attrs import define, field

from .. import Clock
from ._door import MAX_UPLOAD
from ._films.render import check_image
from ._films.results import Fetch, Results
from ._rules import Chance, Rules
from ._scenario import Answer, Lost, Outcomes
from ._served import saved
from ._served.saved import Saved
from ._served.webhooks import Webhooks
from ._tasks import Accepted, SimulatedTask, Unended
from ._traffic import Received, Traffic
from ._wire import checks
from ._wire.contract import Operation
from ._wire.refusals import Refusal
from ._wire.variant import Variant

OWN_LIMIT = "the simulator's own limit, what the service takes is not published"
SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
ANY = "any submission"  # in the place of an operation, where something is planned
SLACK = 0.001  # seconds: a float that counts from 1970 is no finer than a quarter of 1e-6


@define
class Account:
    """All state of one simulated account. Thread-safe where two requests could meet."""

    clock: Clock
    credits: float
    rules: Rules
    chance: Chance
    results: Results
    variant: Variant
    saved: Saved | None = None
    ledger: list[Accepted] = field(factory=list)
    traffic: Traffic = field(factory=Traffic)
    outcomes: Outcomes = field(factory=Outcomes)
    script: defaultdict[str, deque[Answer | Lost]] = field(factory=lambda: defaultdict(deque))
    tasks: dict[str, SimulatedTask] = field(factory=dict)
    batches: dict[str, tuple[str, ...]] = field(factory=dict)
    unended: Unended = field(factory=Unended)
    uploads: dict[str, bytes] = field(factory=dict)
    webhooks: Webhooks = field(factory=Webhooks)
    admitted_at: float = -inf
    # Not from `random`, whose seed tests set: an id that comes twice is a task that is lost.
    last_batch: int = 100_000_000
    lock: threading.RLock = field(factory=threading.RLock)

    def receive(self, request: Received) -> None:
        """Remember a request."""
        with self.lock:
            self.traffic.note(request)

    def planned(self, operation: Operation) -> Answer | Lost | None:
        """What comes instead of the answer to this call of an operation, None if nothing does."""
        script, by_chance = self.script[operation.name], None
        with self.lock:
            if operation.paid:
                script = script or self.script[ANY]
                self.traffic.asked.note(self.clock.monotonic())
                by_chance = self.chance.lost(self.rules)
            return script.popleft() if script else by_chance

    def running(self) -> int:
        """How many tasks have not ended."""
        with self.lock:
            self.unended.take_ended(self.clock.time())
            return len(self.unended)

    def submit(self, operation: Operation, body: Any, base: str) -> Accepted:
        """Check, charge and start. Raises Refusal, and then nothing was charged."""
        with self.lock:
            self._admit()
            payload = checks.check(operation, body, self.variant)
            number = payload.get("video_number", 1)
            shares = [number] if self.variant.one_task else [1] * number
            if self.running() + len(shares) > self.rules.max_running:
                raise Refusal(6010, f"More than {self.rules.max_running:g} concurrent tasks")
            cost = self.rules.price * payload["duration"] * number
            if cost > self.credits:
                raise Refusal(1011)
            batch, now = self.last_batch + 1, self.clock.time()
            tasks = [self._task(operation, payload, base, share, batch, now) for share in shares]
            ids = tuple(task.id for task in tasks)
            seconds = tuple(task.seconds for task in tasks)
            line = Accepted(operation.name, payload, ids, batch, cost, now, seconds)
            if self.saved:
                self.saved.add("accepted", saved.accepted(line, tasks))
            self.enter(line, tasks)
            self.notify(tasks)
            self.traffic.accepted.note(self.admitted_at)
            self.traffic.most_running = max(self.traffic.most_running, len(self.unended))
            return line

    def enter(self, line: Accepted, tasks: Iterable[SimulatedTask]) -> None:
        """Take a submission into the books."""
        self.credits -= line.credits
        self.ledger.append(line)
        self.last_batch = max(self.last_batch, line.batch_id)
        self.batches[str(line.batch_id)] = line.task_ids
        for task in tasks:
            self.tasks[task.id] = task
            self.unended.add(task)

    def notify(self, tasks: Sequence[SimulatedTask]) -> None:
        """Have the webhook of a submission called, if it has one, when its tasks have ended."""
        if tasks and tasks[0].payload.get("webhook_url"):
            whole = self.variant.webhooks == "batch"
            for each in [tasks] if whole else [[task] for task in tasks]:
                for delay in self.chance.webhook(self.rules):
                    self.webhooks.add(each, delay)

    def task(self, task_id: str) -> SimulatedTask:
        """A task by its id. Raises Refusal."""
        if task_id not in self.tasks:
            raise Refusal(1003)
        return self.tasks[task_id]

    def batch(self, batch_id: str) -> list[SimulatedTask]:
        """The tasks of a batch that are told by now. Raises Refusal."""
        ids = self.batches.get(batch_id, ())
        tasks = [self.tasks[task_id] for task_id in ids if task_id in self.tasks]
        if not tasks:
            raise Refusal(1003)
        late = self.variant.late == "tasks" and any(map(self.late, tasks))
        return tasks[:1] if late else tasks

    def late(self, task: SimulatedTask) -> bool:
        """Whether what a variant tells late is not told of it yet."""
        return self.clock.time() < task.accepted_at + task.seconds + self.rules.late_seconds

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
        if self.saved:
            self.saved.add("upload", saved.upload(name, content))
        self.uploads[name] = content
        return name

    def video(self, task_id: str, number: int, fetch: Fetch) -> Path | None:
        """The file of a video, rendered when it is first asked for; None if there is none."""
        task = self.tasks.get(task_id)
        if task is None or not 1 <= number <= task.made(self.clock.time()):
            return None
        return self.results.file(task, number, fetch)

    def due_notices(self) -> list[SimulatedTask]:
        """What the webhooks that are to be called now are about; each is told once."""
        with self.lock:
            due = self.webhooks.take(self.clock.time())
            if due and self.saved:
                self.saved.add("notified", [task.id for tasks in due for task in tasks])
            return [tasks[0] for tasks in due]

    def _admit(self) -> None:
        """Let a submission through to be looked at. Raises Refusal where it comes too soon after
        the last one that was let through: how the service counts is not published."""
        now = self.clock.monotonic()
        if now - self.admitted_at < self.rules.spacing - SLACK:
            raise Refusal(1001)
        self.admitted_at = now

    def _task(
        self,
        operation: Operation,
        payload: dict[str, Any],
        base: str,
        videos: int,
        batch_id: int,
        now: float,
    ) -> SimulatedTask:
        outcome, seconds = self.chance.task(self.rules, payload)
        if self.outcomes:
            outcome = self.outcomes.popleft()
            seconds = seconds if outcome.seconds is None else outcome.seconds
        task_id = f"task_{secrets.token_hex(8)}"
        return SimulatedTask(
            task_id, base, batch_id, operation, payload, videos, now, seconds, outcome
        )
