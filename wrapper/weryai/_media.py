"""Local images: what they are and how large, told by their content and never by their name."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable
from io import FileIO
from pathlib import Path

from attrs import frozen

from ._urls import is_address
from .errors import MediaError

# What the vendor's own client allows for an image; the service answers 1014 beyond its limit.
MAX_BYTES = 10 * 1024 * 1024
SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


@frozen
class LocalImage:
    """An image on disk that the service accepts, as it was when it was inspected."""

    path: Path
    size: int
    changed_ns: int
    media_type: str

    @property
    def file_name(self) -> str:
        """A plain name with the suffix of what it really is; the user's own name stays here."""
        return "image" + SUFFIXES[self.media_type]


def inspect(source: str | os.PathLike[str]) -> LocalImage:
    """Look at one local image. Raises MediaError with the reason."""
    try:
        path = Path(source)
    except TypeError:
        raise MediaError([f"{source!r:.80} is no path"]) from None
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            kind = "a directory" if stat.S_ISDIR(info.st_mode) else "not a regular file"
            raise MediaError([f"{path}: is {kind}, not an image"])
        with path.open("rb") as file:
            media_type = _media_type(file.read(16))
    except FileNotFoundError:
        raise MediaError([f"{path}: there is no such file"]) from None
    except (OSError, ValueError) as error:
        raise MediaError([f"{path}: cannot be read ({error})"]) from error
    if media_type is None:
        empty = "is empty" if info.st_size == 0 else "is not a jpg, png or webp image"
        raise MediaError([f"{path}: {empty}, whatever its name says"])
    if info.st_size > MAX_BYTES:
        raise MediaError([f"{path}: has {info.st_size:,} bytes, the limit is {MAX_BYTES:,}"])
    return LocalImage(path, info.st_size, info.st_mtime_ns, media_type)


def digest(content: FileIO) -> str:
    """The SHA-256 of what a file holds, read a piece at a time."""
    content.seek(0)
    return hashlib.file_digest(content, "sha256").hexdigest()


def stamp(image: LocalImage) -> tuple[int, int] | None:
    """Changes when the file does; None where it is gone."""
    try:
        info = image.path.stat()
    except OSError:
        return None
    return info.st_size, info.st_mtime_ns


def open_image(image: LocalImage) -> FileIO:
    """The bytes of an image, to be read while they are sent. Reading raises MediaError where it is
    not the same file any more: half of one image and half of another must not arrive as one."""
    return _Unchanged(image)


class _Unchanged(FileIO):
    """Every read looks, the first and the last one too, and before its bytes are sent."""

    def __init__(self, image: LocalImage) -> None:
        super().__init__(image.path)
        self._image = image

    def read(self, size: int | None = -1) -> bytes:
        path = self._image.path
        try:
            content = super().read(size) or b""
            info = os.fstat(self.fileno())
        except OSError as error:
            raise MediaError([f"{path}: cannot be read ({error})"]) from error
        if (info.st_size, info.st_mtime_ns) != (self._image.size, self._image.changed_ns):
            raise MediaError([f"{path}: was changed while it was sent; give it again"])
        return content


def faults(images: Iterable[str | os.PathLike[str]]) -> list[str]:
    """Every reason why the local ones among these images cannot be used."""
    found: list[str] = []
    for image in images:
        if isinstance(image, str) and is_address(image):
            continue
        try:
            inspect(image)
        except MediaError as error:
            found += error.faults
    return found


def _media_type(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    return None
