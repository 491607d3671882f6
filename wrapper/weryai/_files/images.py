"""Local images: what they are and how large, told by their content and never by their name."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable
from io import FileIO
from pathlib import Path

from attrs import frozen

from .._plain import Plain
from .._texts import is_address
from ..errors import MediaError
from . import image_format, other_kinds

# What the vendor's own client allows for an image; the service answers 1014 beyond its limit.
MAX_BYTES = 10 * 1024 * 1024
SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}
LONGEST_NAME = 300  # characters, in an error
PIECE = 256 * 1024  # bytes that are hashed at a time


@frozen
class LocalImage(Plain):
    """A local image that the service accepts, as it was when it was looked at.

    Attributes:
        path: where it is.
        size: bytes.
        media_type: `image/jpeg`, `image/png` or `image/webp`, told by its content.
        width, height: pixels, before any rotation that its EXIF asks for.
        changed_ns: its date, in nanoseconds since 1970.
    """

    path: Path
    size: int
    media_type: str
    width: int
    height: int
    changed_ns: int

    @property
    def file_name(self) -> str:
        """A plain name with the suffix of what it really is; the user's own name stays here."""
        return "image" + SUFFIXES[self.media_type]

    @property
    def facts(self) -> str:
        """Such as `JPEG, 4032 x 3024 pixels, 3,112,334 bytes`."""
        kind = self.media_type.removeprefix("image/").upper()
        return f"{kind}, {self.width} x {self.height} pixels, {self.size:,} bytes"

    def __str__(self) -> str:
        return f"{shown(self.path)}: {self.facts}"


class OpenImage(FileIO):
    """A local image, open until it is closed: looked at once, from its beginning to its end, and
    then read while it is sent. Every read raises MediaError where the file is not the same any
    more: half of one image and half of another must not arrive as one.

    Attributes:
        image: what it is.
        treatment: what was done to it since it was given; nothing was, here.
    """

    treatment = ""

    def __init__(self, source: str | os.PathLike[str]) -> None:
        """Raises MediaError with the reason."""
        path = path_of(source)
        try:
            require_file(path, path.stat())
            super().__init__(path, opener=opened)
        except FileNotFoundError:
            raise fault(path, "there is no such file") from None
        except (OSError, ValueError) as error:
            raise unreadable(path, error) from error
        self._take(path)

    def _take(self, path: Path) -> None:
        """Look at what is open, in the name of this path. Raises MediaError."""
        try:
            self._path, self._info = path, os.fstat(self.fileno())
            self.image = self._looked_at()
        except BaseException:
            self.close()
            raise

    def _looked_at(self) -> LocalImage:
        path, info = self._path, self._info
        require_file(path, info)
        if info.st_size > MAX_BYTES:
            size = f"has {info.st_size:,} bytes, the limit is {MAX_BYTES:,}"
            raise fault(path, f"{size}: Pictures(fit=True), in the shell --fit, makes it smaller")
        try:
            found = image_format.read(self)
        except image_format.BrokenImageError as error:
            raise fault(path, str(error)) from None
        if found is None:
            self.seek(0)
            raise fault(path, other_kinds.words(self.read(other_kinds.HEAD)))
        return LocalImage(
            path, info.st_size, found.media_type, found.width, found.height, info.st_mtime_ns
        )

    def read(self, size: int | None = -1) -> bytes:
        """Looks before its bytes are sent, the first and the last time too."""
        try:
            content = super().read(size) or b""
            info = os.fstat(self.fileno())
        except OSError as error:
            raise unreadable(self._path, error) from error
        before = self._info
        if (info.st_size, info.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise fault(self._path, "was changed while it was read; give it again")
        return content

    def digest(self) -> str:
        """The SHA-256 of what it holds, read a piece at a time. Raises MediaError."""
        self.seek(0)
        digest = hashlib.sha256()
        while piece := self.read(PIECE):
            digest.update(piece)
        return digest.hexdigest()


def inspect(source: str | os.PathLike[str]) -> LocalImage:
    """Look at one local image, from its beginning to its end. Raises MediaError with the reason."""
    with OpenImage(source) as file:
        return file.image


def open_all(
    sources: Iterable[str | os.PathLike[str]],
    opening: Callable[[str | os.PathLike[str]], OpenImage] = OpenImage,
) -> list[OpenImage]:
    """Open the local ones among these images. Raises MediaError with every reason."""
    files: list[OpenImage] = []
    faults: list[str] = []
    try:
        for source in sources:
            if isinstance(source, str) and is_address(source):
                continue
            try:
                files.append(opening(source))
            except MediaError as error:
                faults += error.faults
        if faults:
            raise MediaError(faults)
    except BaseException:
        for file in files:
            file.close()
        raise
    return files


def inspect_all(images: Iterable[str | os.PathLike[str]]) -> list[LocalImage]:
    """Look at the local ones among these images. Raises MediaError with every reason."""
    found: list[LocalImage] = []
    faults: list[str] = []
    for image in images:
        if isinstance(image, str) and is_address(image):
            continue
        try:
            found.append(inspect(image))
        except MediaError as error:
            faults += error.faults
    if faults:
        raise MediaError(faults)
    return found


def shown(path: object) -> str:
    """A path as it can be printed anywhere: its name need be neither UTF-8 nor short."""
    text = str(path)
    if not text.isprintable():
        text = "".join(
            sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
        )
    half = LONGEST_NAME // 2
    return text if len(text) <= LONGEST_NAME else f"{text[:half]}…{text[-half:]}"


def path_of(source: object) -> Path:
    try:
        name = os.fspath(source)  # type: ignore[call-overload]
    except Exception:  # whatever the class of somebody else raises
        name = None
    if not isinstance(name, str):
        raise MediaError([f"an image is the path of a file, and not {type(source).__name__}"])
    if is_address(name):
        raise MediaError([f"{shown(name)}: is an address, not the path of a file"])
    if not name:
        raise MediaError(["an image is the path of a file, and this one is empty"])
    return Path(name)


def require_file(path: Path, info: os.stat_result) -> None:
    if not stat.S_ISREG(info.st_mode):
        kind = "a directory" if stat.S_ISDIR(info.st_mode) else "not a regular file"
        raise fault(path, f"is {kind}, not an image")


def opened(path: str, flags: int) -> int:
    """Open without waiting: a pipe that took the place of a file would wait for its writer."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def fault(path: Path, why: str) -> MediaError:
    return MediaError([f"{shown(path)}: {why}"])


def unreadable(path: Path, error: OSError | ValueError) -> MediaError:
    why = error.strerror if isinstance(error, OSError) else error
    return fault(path, f"cannot be read ({why})")
