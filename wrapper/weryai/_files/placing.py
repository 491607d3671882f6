"""Giving a whole file its name without touching another, and what to do where the disk says no."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from contextlib import suppress
from itertools import count
from pathlib import Path


def make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)


def publish(part: Path, target: Path, again: bool) -> Path:
    """Give a whole file its name, at once and without touching any file that is there.

    The same bytes under that name already: they stay. Another file there: the name gets a number
    behind a tilde, `task_1~2.mp4`, which `names` never uses.

    Parameters:
        again: the partial file was already complete when it was opened, so an earlier process may
            have died in here and left an empty placeholder: an empty file of that name is then
            taken for it. Where the partial file starts anew, nobody could tell an empty file from
            a user's own, and it stays.

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
