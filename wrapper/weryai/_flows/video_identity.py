"""Which video is which: the service tells addresses alone, in any order, signed anew each time.

A video is known by its address without query and fragment, and keeps the name that it first got.
Among addresses that differ in their query alone (`/get?id=1`, `/get?id=2`) the very same address
goes first, then the one of the same task with most of its query in common. In doubt it is another
video: to fetch one twice costs nothing, and to take two for one would lose one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from threading import Lock

from attrs import define, evolve, field

from ..results import Task, Video

MOST_COMPARED = 64  # addresses that differ in their query alone: a reply is read in linear time


def place(url: str) -> str:
    """An address without its query and fragment."""
    return url.partition("#")[0].partition("?")[0]


@define
class Videos:
    """The videos of one job: how each is called, where it was last, and which tasks named it."""

    known: dict[str, Video] = field(factory=dict)  # by name
    of: defaultdict[str, dict[str, None]] = field(factory=lambda: defaultdict(dict))  # by task id
    numbers: defaultdict[str, int] = field(factory=lambda: defaultdict(lambda: 1))  # by task id
    lock: Lock = field(factory=Lock)  # a client may be shared among threads

    def learn(self, tasks: Iterable[Task]) -> None:
        """Take over the names that were given elsewhere, as a journal has them."""
        with self.lock:
            for task in tasks:
                for video in task.videos:
                    self.known.setdefault(video.name, video)
                    self.of[task.id].setdefault(video.name)

    def named(self, told: Sequence[Task]) -> tuple[Task, ...]:
        """The tasks of one reply, each video under its own name."""
        if not any(task.videos for task in told):
            return tuple(told)
        with self.lock:
            names = self._recognized(told)
            for task in told:
                for video in task.videos:
                    if video.url not in names:
                        names[video.url] = self._new_name(task.id, video.name)
                    self._keep(names[video.url], task.id, video)
            return tuple(
                evolve(task, videos=tuple(self.known[names[each.url]] for each in task.videos))
                for task in told
            )

    def whole(self, tasks: Iterable[Task]) -> tuple[Task, ...]:
        """Tasks with all that they were ever told to have made, at its latest address: a later
        reply may leave a video out, and not take it away."""
        with self.lock:
            return tuple(
                evolve(task, videos=tuple(self.known[name] for name in self.of[task.id]))
                if task.id in self.of
                else task
                for task in tasks
            )

    def _recognized(self, told: Sequence[Task]) -> dict[str, str]:
        """By address, the name of each video of a reply that is known already."""
        here = {video.url: name for name, video in self.known.items()}
        pairs = [(task.id, video.url) for task in told for video in task.videos]
        found = {url: here[url] for _, url in pairs if url in here}
        taken = set(found.values())
        free: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for name, video in self.known.items():
            if name not in taken:
                free[place(video.url)][name] = None
        told_here = {name for task in told for name in self.of[task.id]}
        for moved in (False, True):  # from one task of this reply to another
            for task_id, url in pairs:
                theirs = told_here if moved else self.of[task_id]
                like = None if url in found else self._most_alike(url, free[place(url)], theirs)
                if like is not None:
                    found[url] = like
                    del free[place(url)][like]
        return found

    def _most_alike(self, url: str, free: Iterable[str], theirs: Iterable[str]) -> str | None:
        near = [name for name in islice(free, MOST_COMPARED) if name in theirs]
        return max(near, key=lambda name: _shared(self.known[name].url, url), default=None)

    def _new_name(self, task_id: str, wanted: str) -> str:
        while wanted in self.known:
            self.numbers[task_id] += 1
            wanted = f"{task_id}-{self.numbers[task_id]}"
        return wanted

    def _keep(self, name: str, task_id: str, video: Video) -> None:
        before = self.known.get(name)
        cover = video.cover_url or (before.cover_url if before else None)
        self.known[name] = Video(video.url, name, cover)
        self.of[task_id].setdefault(name)


def _shared(one: str, other: str) -> int:
    """How much of their queries two addresses have in common."""
    return len(_query(one) & _query(other))


def _query(url: str) -> set[str]:
    return set(url.partition("#")[0].partition("?")[2].split("&"))
