"""What the tasks of a job have come to, once they were told of again. Nothing leaves: one reply may
name fewer tasks or videos than another did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve

from .._texts import identity, mended
from ..results import Task, Video

# A video, and the id of the task that made it.
Made = tuple[str, Video]


def merged(known: Sequence[Task], told: Sequence[Task], first: Sequence[str]) -> tuple[Task, ...]:
    """The tasks as they are known now: those of these ids first, then in the order they came in."""
    told = [_storable(task) for task in told]
    states = {task.id: task for task in known}
    for task in told:
        before = states.get(task.id)
        if before is None or task.done or not before.done:  # what has ended does not run again
            states[task.id] = task
    videos = _videos(_made(known), _made(told))
    order = {task_id: number for number, task_id in enumerate(first)}
    return tuple(
        evolve(states[state], videos=tuple(video for task_id, video in videos if task_id == state))
        for state in sorted(states, key=lambda state: order.get(state, len(order)))
    )


def _made(tasks: Sequence[Task]) -> list[Made]:
    return [(task.id, video) for task in tasks for video in task.videos]


def _videos(known: Sequence[Made], told: Sequence[Made]) -> list[Made]:
    """A video that is known keeps its name, and gets the address of the day."""
    videos, places = list(known), _places(known, told)
    taken = {video.name for _, video in known}
    for number, (task_id, video) in enumerate(told):
        if number in places:
            _, before = videos[places[number]]
            cover = before.cover_url if video.cover_url is None else video.cover_url
            videos[places[number]] = task_id, Video(video.url, before.name, cover)
        else:
            taken.add(name := _free_name(video.name, task_id, taken))
            videos.append((task_id, evolve(video, name=name)))
    return videos


def _places(known: Sequence[Made], told: Sequence[Made]) -> Mapping[int, int]:
    """Which known one each is, both by their numbers: the one of the very same address, else one
    that is left of those that differ in the query alone: of the same name, of the same task, or the
    first."""
    found: dict[int, int] = {}
    left = {number: _keys(*made) for number, made in enumerate(known)}
    for rank in range(4):
        for number, made in enumerate(told):
            key = _keys(*made)[rank]
            same = [place for place, keys in left.items() if keys[rank] == key]
            if same and number not in found:
                found[number] = same[0]
                del left[same[0]]
    return found


def _keys(task_id: str, video: Video) -> tuple[object, ...]:
    """What two tellings of one video have in common, the surest first."""
    known = identity(video.url)
    return video.url, (known, video.name), (known, task_id), known


def _free_name(name: str, task_id: str, taken: set[str]) -> str:
    stem = task_id if task_id and name.startswith(task_id) else name
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (name, *numbered) if each not in taken)


def _storable(task: Task) -> Task:
    return Task(
        mended(task.id),
        mended(task.raw_state),
        tuple(
            Video(mended(video.url), mended(video.name), _mended(video.cover_url))
            for video in task.videos
        ),
        _mended(task.message),
    )


def _mended(text: str | None) -> str | None:
    return None if text is None else mended(text)
