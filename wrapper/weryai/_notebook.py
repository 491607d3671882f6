"""What a notebook shows of results. All that a service wrote is escaped: a page must not run it.

Loaded where a notebook asks, as `html` brings the table of all its entities.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .results import Task, Video

STYLE = "max-width: 480px; width: 100%"


def video(found: Video) -> str:
    """A player. The address stands in the notebook, and may stop working."""
    name = escape(found.name)
    if not _is_web(found.url):
        return f"<p>{name}: {escape(found.url)}</p>"
    url = escape(found.url)
    cover = found.cover_url or ""
    still = f' poster="{escape(cover)}"' if _is_web(cover) else ""
    player = f'<video controls preload="metadata" style="{STYLE}" src="{url}"{still}></video>'
    return f'<figure>{player}<figcaption><a href="{url}">{name}</a></figcaption></figure>'


def tasks(told: Iterable[Task]) -> str:
    """Each video of some tasks, and the state of a task without any."""
    return "".join("".join(map(video, task.videos)) or _state(task) for task in told)


def _state(task: Task) -> str:
    why = f": {task.reason}" if task.failed else ""
    return f"<p>{escape(f'{task.id}: {task.state}{why}')}</p>"


def _is_web(url: str) -> bool:
    """Whether a browser fetches it, and does not run it."""
    return url.lower().startswith(("https://", "http://"))
