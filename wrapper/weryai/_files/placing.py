"""Downloaded files: their names, how each gets its own, and what to do where the disk says no."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path, PurePosixPath

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


def make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)


def place(part: Path, target: Path, again: bool) -> Path:
    """Give a whole file its name, at once and without touching any file that is there.

    The same bytes under that name already: they stay. Another file there: the name gets a number
    behind a tilde, `task_1~2.mp4`, which `names` never uses.

    Parameters:
        again: the part was whole when it was found, so the process that left it may have been
            killed in here. Then an empty file of that name counts as what is left of that. Where
            the part starts anew, nobody could tell it from a user's own, and it stays.

    Returns the path; the part may be removed then. Raises OSError, and then it is still there.
    """
    for number in count(1):
        path = target if number == 1 else target.with_stem(f"{target.stem}~{number}")
        if (again and _fills(part, path)) or _is_named(part, path) or _is_same(part, path):
            _sync_folder(path.parent)
            return path
    raise AssertionError("unreachable")  # pragma: no cover


def _is_named(part: Path, path: Path) -> bool:
    """Give it a name that is free. Returns whether it was; a link that leads nowhere is not."""
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without second names, such as exFAT
        return _is_moved(part, path)
    return True


def _is_moved(part: Path, path: Path) -> bool:
    """The same in two steps, because a rename would write over a file: the name is taken by an
    empty one first. A process that is killed in between leaves that, for `_fills`."""
    try:
        path.open("xb").close()
    except FileExistsError:
        return False
    try:
        part.replace(path)
    except OSError:
        path.unlink()
        raise
    return True


def _fills(part: Path, path: Path) -> bool:
    """Take the place of an empty file. Returns whether there was one; a link is none."""
    try:
        info = path.lstat()
    except OSError:
        return False
    if not stat.S_ISREG(info.st_mode) or info.st_size or _has_links(part):
        return False
    part.replace(path)
    return True


def _has_links(part: Path) -> bool:
    """Whether the file system knows second names: then no empty file is left by us."""
    probe = part.with_name(f"{part.name}.probe")
    try:
        os.link(part, probe)
    except FileExistsError:
        pass  # of a process that was killed in here
    except OSError:
        return False
    probe.unlink(missing_ok=True)
    return True


def _is_same(part: Path, path: Path) -> bool:
    """Whether a name stands for a file of its own, not a link, with the same bytes."""
    try:
        info = path.lstat()
        if not stat.S_ISREG(info.st_mode) or info.st_size != part.stat().st_size:
            return False
        return _content(part) == _content(path)
    except OSError:
        return False  # it may be gone again, or not be ours to read


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _sync_folder(folder: Path) -> None:
    """Put a new name on the disk; Windows and some file systems know no such thing."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# By errno: what a user can do.
ADVICE = {
    errno.ENOSPC: "the disk is full: make room",
    errno.EDQUOT: "the quota is used up: make room",
    errno.EACCES: "it may not be written: give another folder",
    errno.EPERM: "it may not be written: give another folder",
    errno.EROFS: "it may not be written: give another folder",
    errno.EEXIST: "it is not a folder: give another one",
    errno.ENOTDIR: "it is not a folder: give another one",
}


def reason(error: OSError) -> str:
    """Why a file could not be written, and what to do about it."""
    advice = ADVICE.get(error.errno or 0)
    return f"{advice} ({error})" if advice else str(error)
