"""What one client remembers of the jobs that it has looked at, as long as it lives.

Several short waits for one job, as `weryai resume` makes them, then count as one long one.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from attrs import define, field

from ..results import Job, Task
from .video_identity import Videos

if TYPE_CHECKING:
    from .._journal.entry import Entry

K = TypeVar("K")
V = TypeVar("V")

MOST = 10_000  # jobs, and ids whose videos have names; the oldest are forgotten
MOST_WRITTEN = 1_000  # such ids where a journal has the names as well


@define
class Watch:
    """A job that has not concluded.

    Attributes:
        since: when it was first looked at, on the monotonic clock.
        tasks: as last told, by their ids.
        ended_at: when everything first looked ended; None while something runs.
        named: by id, the most videos that it has named at once.
        odd: by id, how often in a row a state that is not known came with its videos.
    """

    since: float
    tasks: dict[str, Task] = field(factory=dict)
    ended_at: float | None = None
    odd: dict[str, int] = field(factory=dict)
    named: dict[str, int] = field(factory=dict)

    def count(self, task: Task) -> None:
        """Keep how many videos a task has named at once."""
        if len(task.videos) > self.named.get(task.id, 0):
            self.named[task.id] = len(task.videos)


@define
class Memory:
    """Every job that has not concluded, and the names of all videos. Safe among threads.

    Attributes:
        most_named: ids whose videos have names.
    """

    most_named: int = MOST
    watches: dict[tuple[tuple[str, ...], str | None], Watch] = field(factory=dict)
    videos: dict[str, Videos] = field(factory=dict)  # by the id of a task or of a batch
    lock: Lock = field(factory=Lock)

    def watch(self, job: Job, now: float) -> Watch:
        """What is remembered of a job; something new where that is nothing."""
        with self.lock:
            watch = self.watches.pop(key := (job.task_ids, job.batch_id), None) or Watch(now)
            _put(self.watches, key, watch, MOST)
            return watch

    def conclude(self, job: Job) -> None:
        """Forget a job, so that the next wait for it looks anew. Its videos keep their names."""
        with self.lock:
            self.watches.pop((job.task_ids, job.batch_id), None)

    def videos_of(self, job: Job, told: Iterable[Task] = ()) -> Videos:
        """The names of the videos of a job; they are those of its tasks too."""
        batch = [f"batch {job.batch_id}"] if job.batch_id else []
        ids = dict.fromkeys([*job.task_ids, *batch, *(task.id for task in told)])
        with self.lock:
            some = {id(found): found for each in ids if (found := self.videos.pop(each, None))}
            first, *others = some.values() or [Videos()]
            for other in others:
                first.learn(other.whole(Task(each, "") for each in list(other.of)))
            for each in ids:
                _put(self.videos, each, first, self.most_named)
            return first


def _put(kept: dict[K, V], key: K, value: V, most: int) -> None:
    kept[key] = value
    while len(kept) > most:
        del kept[next(iter(kept))]


def known_of(job: Job, entry: Entry) -> dict[str, Task]:
    """What an entry knows of the tasks of a job, which may be a part of the entry's."""
    whole = (
        job.batch_id is not None and entry.job is not None and entry.job.batch_id == job.batch_id
    )
    return {task.id: task for task in entry.tasks if whole or task.id in job.task_ids}
