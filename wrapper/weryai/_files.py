"""Downloaded files: their names, and when one counts as complete."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from .errors import TransportError, UnexpectedResponseError
from .results import Video

# The length can only be checked on bytes that were not compressed on their way.
HEADERS = {"Accept-Encoding": "identity"}
SUFFIXES = frozenset({".mp4", ".mov", ".webm"})


def name(video: Video) -> str:
    """A file name that cannot leave its folder, whatever the service called the task."""
    stem = re.sub(r"[^A-Za-z0-9._-]", "_", video.name).lstrip(".")[:128] or "video"
    suffix = PurePosixPath(urlsplit(video.url).path).suffix.lower()
    return stem + (suffix if suffix in SUFFIXES else ".mp4")


def make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)


def complete(part: Path, target: Path, headers: Mapping[str, str]) -> None:
    """Check what was fetched and give it its name. Raises TransportError if it is cut short."""
    size = part.stat().st_size
    expected = "" if "Content-Encoding" in headers else headers.get("Content-Length", "")
    if expected.isdigit() and size != int(expected):
        raise TransportError(f"{size} of {expected} bytes arrived", sent=True)
    with part.open("rb") as file:
        head = file.read(12)
        if not is_video(head):
            part.unlink()
            raise UnexpectedResponseError("what the address holds is not a video", raw=head)
        os.fsync(file.fileno())
    part.replace(target)


def is_video(head: bytes) -> bool:
    """MP4 and QuickTime name their brand behind `ftyp`; WebM starts with an EBML header."""
    return head[4:8] == b"ftyp" or head.startswith(b"\x1a\x45\xdf\xa3")
