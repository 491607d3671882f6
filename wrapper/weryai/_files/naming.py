"""The names of downloaded files: each video gets its own, and none leaves its folder."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from .._texts import identity
from ..results import Video

SUFFIXES = frozenset({".mp4", ".mov", ".webm"})
# Characters, each a byte: with all that is added to it, a hidden part's name stays below 255.
LONGEST_STEM = 140
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


def name(video: Video) -> str:
    """A file name that cannot leave its folder, whatever the service called the task.

    A name that had to be changed gets a mark of its own, so that two never become one.
    """
    stem = re.sub(r"[^A-Za-z0-9._-]", "_", video.name).lstrip(".")[:LONGEST_STEM]
    if DEVICE.match(stem) or not stem:
        stem = f"video-{stem}".rstrip("-")
    if stem != video.name:
        stem = f"{stem}-{_digest(video.name)}"
    suffix = PurePosixPath(identity(video.url)).suffix.lower()
    return stem + (suffix if suffix in SUFFIXES else ".mp4")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
