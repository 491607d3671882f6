"""The files of results, made when they are first asked for."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path

from .._tasks import SimulatedTask
from .render import check_image, placeholder, render

Fetch = Callable[[str], bytes | None]
FRAME = (854, 480)


class Results:
    """The files of one simulator, which are gone when it is closed.

    Parameters:
        rendered: whether each video is drawn from the images of its task; else all are the same,
            of one second and 4 kB.
        video: what every result is, as it is, instead of either.
    """

    def __init__(self, rendered: bool, video: bytes | None) -> None:
        self._rendered = rendered and video is None
        self._video = video
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._lock = threading.Lock()

    def file(self, task: SimulatedTask, number: int, fetch: Fetch) -> Path:
        """The file of a task's video; `fetch` tells what is behind an image's address."""
        name = f"{task.id}-{number}" if self._rendered else "every"
        with self._lock:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="weryai-simulator-")
            path = Path(self._folder.name) / f"{name}.mp4"
            if not path.exists():
                draft = path.with_suffix(".draft")
                self._make(task, draft, fetch)
                draft.replace(path)
        return path

    def close(self) -> None:
        """Delete the files."""
        if self._folder:
            self._folder.cleanup()

    def _make(self, task: SimulatedTask, path: Path, fetch: Fetch) -> None:
        if self._video is not None:
            path.write_bytes(self._video)
        elif self._rendered:
            _draw(task, path, fetch)
        else:
            path.write_bytes(smallest())


@cache
def smallest() -> bytes:
    """A video that nobody looks at, made once a process."""
    with tempfile.TemporaryDirectory(prefix="weryai-simulator-") as folder:
        path, still = Path(folder) / "video.mp4", placeholder("simulated", (64, 36))
        render([still], aspect_ratio="16:9", duration=1, resolution="64p", path=path)
        return path.read_bytes()


def given(video: bytes | str | os.PathLike[str] | None) -> bytes | None:
    """The bytes of a video that was given as such, or by its path. Raises OSError."""
    return video if isinstance(video, bytes | None) else Path(video).read_bytes()


def _draw(task: SimulatedTask, path: Path, fetch: Fetch) -> None:
    payload = task.payload
    addresses = task.operation.images(payload)
    images = [_usable(fetch(url)) or placeholder(url, FRAME) for url in addresses]
    render(
        images,
        aspect_ratio=payload.get("aspect_ratio", "16:9"),
        duration=payload["duration"],
        resolution=payload.get("resolution"),
        path=path,
        label=f"simulated {payload['model']}",
    )


def _usable(image: bytes | None) -> bytes | None:
    """An image from elsewhere on this machine, None if it cannot be shown."""
    if image is None:
        return None
    try:
        check_image(image)
    except ValueError:
        return None
    return image
