"""Downloaded files: their names, and when one counts as complete."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from .errors import TransportError, UnexpectedResponseError
from .results import Video

# The length can only be checked on bytes that were not compressed on their way.
HEADERS = {"Accept-Encoding": "identity"}
SUFFIXES = frozenset({".mp4", ".mov", ".webm"})


def names(videos: Sequence[Video]) -> list[str]:
    """A file name for each video, no two alike."""
    found: list[str] = []
    for video in videos:
        plain = name(video)
        taken = plain in found
        found.append(f"{_digest(video.url + str(len(found)))}-{plain}" if taken else plain)
    return found


def name(video: Video) -> str:
    """A file name that cannot leave its folder, whatever the service called the task.

    A name that had to be changed gets a mark of its own, so that two never become one.
    """
    stem = re.sub(r"[^A-Za-z0-9._-]", "_", video.name).lstrip(".")[:140]
    if not stem or stem != video.name:
        stem = f"{stem or 'video'}-{_digest(video.name)}"
    suffix = PurePosixPath(urlsplit(video.url).path).suffix.lower()
    return stem + (suffix if suffix in SUFFIXES else ".mp4")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]


def part_of(target: Path) -> Path:
    """A name beside the target that nobody else writes to, not even another process."""
    return target.with_name(f".{target.name[-100:]}.{secrets.token_hex(4)}.part")


def drop(part: Path) -> None:
    """Remove what was not completed."""
    part.unlink(missing_ok=True)


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
            raise UnexpectedResponseError("what the address holds is not a video", raw=head)
        os.fsync(file.fileno())
    part.replace(target)


def is_video(head: bytes) -> bool:
    """MP4 and QuickTime name their brand behind `ftyp`; WebM starts with an EBML header."""
    return head[4:8] == b"ftyp" or head.startswith(b"\x1a\x45\xdf\xa3")
