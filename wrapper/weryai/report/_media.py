"""Images and videos of a row: small copies beside the page, and links to what is on disk."""

from __future__ import annotations

import hashlib
import os
import re
import warnings
from pathlib import Path
from urllib.parse import quote

from attrs import field, frozen
from PIL import Image, ImageOps

from ._texts import short

THUMBNAILS = "thumbnails"
PIXELS = 320  # the longer side of a small copy
QUALITY = 80
LONGEST_ADDRESS = 120
REMOTE = re.compile(r"https?:", re.IGNORECASE)


@frozen
class Picture:
    """An input image.

    Attributes:
        name: what is shown of its path or address.
        link: where the image itself is, relative to the page; None where it is not on disk.
        thumbnail: where the small copy is; None where there is none.
        size: its width and height in pixels.
        note: why there is nothing to be seen.
    """

    name: str
    link: str | None = None
    thumbnail: str | None = None
    size: tuple[int, int] = (0, 0)
    note: str | None = None


@frozen
class Film:
    """A video.

    Attributes:
        name: the name of its file.
        link: where it is, relative to the page; None where it is gone.
    """

    name: str
    link: str | None


@frozen
class Media:
    """What is beside a page.

    Attributes:
        folder: the absolute path of the page's folder.
    """

    folder: Path
    _made: dict[bytes, Picture] = field(factory=dict, init=False)

    def picture(self, image: str | Path) -> Picture:
        """An input image, with a small copy of it in the folder; one image is copied once, however
        many rows have it. Raises OSError where the copy cannot be written."""
        if isinstance(image, str) and REMOTE.match(image):
            address = re.split("[?#]", image, maxsplit=1)[0]
            return Picture(short(address, LONGEST_ADDRESS), note="not on this machine")
        key = os.fsencode(os.path.abspath(image))
        if key not in self._made:
            self._made[key] = self._copied(Path(image), key)
        return self._made[key]

    def film(self, video: Path) -> Film:
        """A video, where it is."""
        return Film(Path(video).name, self.link(video) if os.path.isfile(video) else None)

    def link(self, file: Path) -> str:
        """The address of a file relative to the page. Every byte of its name but letters, digits
        and `/` is spelled out: no `#`, `?`, `:` or `"` of it means anything to a browser."""
        return quote(os.fsencode(os.path.relpath(file, self.folder)))

    def _copied(self, image: Path, key: bytes) -> Picture:
        if not os.path.isfile(image):
            return Picture(image.name, note="gone")
        # By the path: the same rows give the same page, and a second page beside the first no more
        # files.
        copy = self.folder / THUMBNAILS / f"{hashlib.sha256(key).hexdigest()[:16]}.jpg"
        small = _shrunk(image)
        if small is None:
            return Picture(image.name, self.link(image), note="no preview")
        copy.parent.mkdir(exist_ok=True)
        small.save(copy, "JPEG", quality=QUALITY)
        return Picture(image.name, self.link(image), self.link(copy), small.size)


def _shrunk(image: Path) -> Image.Image | None:
    """A small copy, upright and without transparency; None where nothing can be made of it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(image) as opened:
                opened.thumbnail((PIXELS, PIXELS))
                upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (
        Exception
    ):  # Pillow raises a dozen kinds for what is damaged, and others for what it lacks
        return None
    ground = Image.new("RGBA", upright.size, "white")
    ground.alpha_composite(upright)
    return ground.convert("RGB")
