"""The names of downloaded files: each video gets its own, and none leaves its folder."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath, PurePosixPath

from .._texts import identity, shown
from ..errors import InvalidRequestError
from ..results import Video

SUFFIXES = frozenset({".mp4", ".mov", ".webm"})
# Characters, each a byte: with all that is added to it, a hidden part's name stays below 255.
LONGEST_STEM = 140
# Bytes of a whole name that somebody chose, for the same reason.
LONGEST = 200
# Names that stand for no file on Windows, with any suffix (Microsoft, "Naming Files").
DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def names(videos: Sequence[Video]) -> list[str]:
    """A file name for each video, no two alike."""
    taken: set[str] = set()  # as a disk sees them that does not know case
    tries: Counter[str] = Counter()  # by the plain name: to begin anew each time takes for ever
    found: list[str] = []
    for video in videos:
        each = plain = name(video)
        while (seen := each.casefold()) in taken:
            tries[plain.casefold()] += 1
            known = f"{identity(video.url)} {tries[plain.casefold()]}"
            each = f"{_digest(known)}-{plain}"
        taken.add(seen)
        found.append(each)
    return found


def given(videos: Sequence[Video], wanted: Sequence[str]) -> list[str]:
    """The same with names that somebody chose. Raises InvalidRequestError."""
    if isinstance(wanted, str) or not all(isinstance(each, str) for each in wanted):
        raise InvalidRequestError(["names must be a list of texts, one for each video"])
    if len(wanted) != len(videos):
        raise InvalidRequestError([f"{len(wanted)} names were given for {len(videos)} videos"])
    if faults := [f"names: {fault}" for each in wanted if (fault := _fault(each))]:
        raise InvalidRequestError(faults)
    found = [
        each if PurePath(each).suffix.lower() in SUFFIXES else each + _suffix(video)
        for each, video in zip(wanted, videos, strict=True)
    ]
    if len({each.casefold() for each in found}) < len(found):
        raise InvalidRequestError([f"names: two of {shown(found)} are the same"])
    return found


def _fault(name: str) -> str | None:
    """Why no file below a folder may have a name, None if one may."""
    path = PurePath(name)
    if path.is_absolute() or ".." in path.parts or "\0" in name:
        return f"{shown(name)} leads out of the folder"
    if not path.name or name.endswith("/"):
        return f"{shown(name)} names no file"
    if len(os.fsencode(path.name)) > LONGEST:
        return f"{shown(name)} has more than {LONGEST} bytes"
    return None


def name(video: Video) -> str:
    """A file name that cannot leave its folder, whatever the service called the task.

    A name that had to be changed gets a mark of its own, so that two never become one.
    """
    stem = re.sub(r"[^A-Za-z0-9._-]", "_", video.name).lstrip(".")[:LONGEST_STEM]
    if DEVICE.match(stem) or not stem:
        stem = f"video-{stem}".rstrip("-")
    if stem != video.name:
        stem = f"{stem}-{_digest(video.name)}"
    return stem + _suffix(video)


def _suffix(video: Video) -> str:
    """What kind of a file it is, by its address."""
    suffix = PurePosixPath(identity(video.url)).suffix.lower()
    return suffix if suffix in SUFFIXES else ".mp4"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
