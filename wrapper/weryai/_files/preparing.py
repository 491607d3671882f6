"""Local pictures made ready to be sent: what telephones write becomes what the service takes.

The file itself is never changed: what is sent is made of it in a file without a name. It needs the
extra `images`: Pillow, and pi-heif, which reads HEIC and writes none.
"""

from __future__ import annotations

import hashlib
import io
import math
import os
import tempfile
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from .._plain import Plain
from . import images, other_kinds
from .images import MAX_BYTES, OpenImage

if TYPE_CHECKING:
    from PIL.Image import Image

# What is opened at all: bytes of a file, and pixels of a picture, of which each takes some bytes of
# memory however small the file is.
MOST_BYTES = 100 * 1024 * 1024
MOST_PIXELS = 120_000_000
# Whoever changes how a picture is made changes this: it is uploaded anew then.
VERSION = 1
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
ORIENTATION = 0x0112
QUALITY = 92
# Where cameras and programs write of a picture; and what a picture cannot be drawn without.
TOLD = {"exif", "xmp", "photoshop", "comment", "XML:com.adobe.xmp", "Raw profile type exif"}
DRAWN = {"transparency", "gamma"}
TRIES = 12  # to get below what the service takes


PACKAGES = ("PIL", "pi_heif")


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ValueError:  # by which Python says that it was taken away
        return False


@frozen
class Pictures(Plain):
    """How a client makes local pictures ready before it uploads them. It needs the extra `images`.

    A HEIC photo becomes a JPEG, a picture that its EXIF turns is made upright, and all else that a
    camera wrote of it goes, such as where it was taken: what is uploaded is public at its address.
    A picture that needs none of this is sent as it is. The file itself is never changed, and is
    known by its own content, so that the same picture is uploaded once.

    Parameters:
        fit: make what is larger than 10 MB smaller, instead of refusing it.
        keep_metadata: send what a camera wrote of it.
    """

    fit: bool = False
    keep_metadata: bool = False

    @staticmethod
    def missing() -> str | None:
        """The package of the extra that is not installed, None where all are."""
        return next((name for name in PACKAGES if not _is_there(name)), None)


def fault(pictures: object) -> str | None:
    """Why a client cannot use these, None where it can."""
    if pictures is None:
        return None
    if not isinstance(pictures, Pictures):
        return f"pictures must be Pictures, or None, not {pictures!r:.40}"
    if package := Pictures.missing():
        return (
            f"{package} is not installed: install weryai with its extra `images`, in a clone of it:"
            " pip install '.[images]'"
        )
    return None


class PreparedImage(OpenImage):
    """What is sent in the place of a local image, read as one; known by the content that was given,
    and by what was done to it."""

    def __init__(self, path: Path, data: bytes, digest: str, treatment: str) -> None:
        with tempfile.TemporaryFile() as made:
            made.write(data)
            made.flush()
            io.FileIO.__init__(self, os.dup(made.fileno()), "rb")
        self.seek(0)
        self._digest, self.treatment = digest, treatment
        self._take(path)

    def digest(self) -> str:
        """The SHA-256 of what was given."""
        return self._digest


def open_image(source: str | os.PathLike[str], pictures: Pictures | None = None) -> OpenImage:
    """Open a local image, check it, and make it ready to be sent. Free.

    Parameters:
        source: the path of the image.
        pictures: how it is made ready, as in `WeryAI`; None for as it is.

    Returns:
        a file that is read from its beginning and has to be closed.

    Raises:
        MediaError: it is missing, cut off, too large or no image that the service takes.
    """
    if pictures is None:
        return OpenImage(source)
    path = images.path_of(source)
    given = _read(path)
    if (data := _ready(path, given, pictures)) is None:
        return OpenImage(source)
    treatment = f"{VERSION} fit={pictures.fit} keep={pictures.keep_metadata}"
    return PreparedImage(path, data, hashlib.sha256(given).hexdigest(), treatment)


def _read(path: Path) -> bytes:
    try:
        images.require_file(path, path.stat())
        with open(path, "rb", opener=images.opened) as file:
            data: bytes = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise images.fault(path, "there is no such file") from None
    except (OSError, ValueError) as error:
        raise images.unreadable(path, error) from error
    if len(data) > MOST_BYTES:
        raise images.fault(path, f"has over {MOST_BYTES:,} bytes, which nobody makes smaller here")
    return data


def _ready(path: Path, given: bytes, pictures: Pictures) -> bytes | None:
    """The picture as it is to be sent, None where that is the file itself. Raises MediaError."""
    import pi_heif  # type: ignore[import-untyped, unused-ignore]
    from PIL import Image, UnidentifiedImageError

    pi_heif.register_heif_opener()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(given), formats=FORMATS) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    words = f"is {width} x {height} pixels large, of which at most {MOST_PIXELS:,}"
                    raise images.fault(path, f"{words} are opened here")
                if not _is_to_be_made(image, given, pictures):
                    return None
                return _made(image, pictures)
    except UnidentifiedImageError:
        if other_kinds.kind_of(given) == other_kinds.HEIC:
            raise images.fault(path, "is a HEIC photo, and damaged or cut off") from None
        return None  # which says what it is instead
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise images.fault(path, f"is damaged, or no picture: {str(error)[:200]}") from None


def _is_to_be_made(image: Image, given: bytes, pictures: Pictures) -> bool:
    """Whether it is to be sent in another way than it was given."""
    if pictures.fit and len(given) > MAX_BYTES:
        return True
    if getattr(image, "n_frames", 1) > 1 and image.format in ("PNG", "WEBP"):
        return False  # a film, of which a picture would be left
    if image.format not in ("JPEG", "PNG", "WEBP") or _is_turned(image):
        return True
    return not pictures.keep_metadata and bool(len(image.getexif()) or TOLD & {*image.info})


def _is_turned(image: Image) -> bool:
    return image.getexif().get(ORIENTATION, 1) not in (0, 1)


def _made(image: Image, pictures: Pictures) -> bytes:
    """The picture in the bytes of another file, whatever their number."""
    from PIL import ImageOps

    plain = image.format == "JPEG" and not _is_turned(image)
    picture = ImageOps.exif_transpose(image) if _is_turned(image) else image
    kind = image.format if image.format in ("PNG", "WEBP") else "JPEG"
    more: dict[str, Any] = {}
    if profile := image.info.get("icc_profile"):
        more["icc_profile"] = profile
    if pictures.keep_metadata:
        more["exif"] = picture.getexif().tobytes()
    # Pillow writes some of it by itself.
    picture.info = {name: value for name, value in picture.info.items() if name in DRAWN}
    data = _encoded(picture, kind, "keep" if plain else QUALITY, more)
    return _smaller(picture, kind, data, more) if pictures.fit else data


def _smaller(picture: Image, kind: str, data: bytes, more: dict[str, Any]) -> bytes:
    """The same with no more bytes than the service takes."""
    for _ in range(TRIES):
        if len(data) <= MAX_BYTES:
            break
        if kind == "PNG":  # which has no quality to give up
            kind = "WEBP" if picture.has_transparency_data else "JPEG"
        else:
            scale = min(0.95, math.sqrt(MAX_BYTES / len(data)))
            width, height = (max(1, int(side * scale)) for side in picture.size)
            picture = picture.resize((width, height))
        data = _encoded(picture, kind, QUALITY, more)
    return data


def _encoded(picture: Image, kind: str, quality: int | str, more: dict[str, Any]) -> bytes:
    if kind == "JPEG" and picture.mode not in ("RGB", "L", "CMYK"):
        picture = picture.convert("RGB")
    made = io.BytesIO()
    how = {} if kind == "PNG" else {"quality": quality}
    picture.save(made, kind, **how, **more)
    return made.getvalue()
