"""What cameras write: a HEIC photo, and EXIF that says where it was taken.

The photo, in data/, is one still of HEVC by x265 in the boxes of ISO/IEC 23008-12, blue on the left
and red on the right, 128 x 96 pixels, with the EXIF of `exif`: nothing here writes HEIC.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

HEIC = (Path(__file__).parents[2] / "data" / "photo.heic").read_bytes()
GPS = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}
MAKE, ORIENTATION, PLACE = 0x010F, 0x0112, 0x8825


def exif(orientation: int = 1) -> Image.Exif:
    """Of a camera that knows where it is."""
    found = Image.Exif()
    found[MAKE] = "Camera"
    found[ORIENTATION] = orientation
    found.get_ifd(PLACE).update(GPS)
    return found
