"""What a file is that is no jpg, png or webp image, told by how it begins."""

from __future__ import annotations

HEAD = 32  # bytes that tell it
HEIC = "a HEIC photo"
# From a clone: this package is on no index, where somebody else may take its name.
MADE = (
    "it is made a JPEG of with the extra `images`, in a clone of weryai: pip install '.[images]',"
    " by the command line and by clients with pictures=Pictures()"
)
# ISO 14496-12: the brand of a file behind `ftyp`; any other is of a film.
BRANDS: dict[bytes, str] = dict.fromkeys(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), HEIC
)
BRANDS |= dict.fromkeys((b"avif", b"avis"), "an AVIF image")
BEGINNINGS = {
    b"GIF8": "a GIF",
    b"BM": "a BMP",
    b"II*\0": "a TIFF",
    b"MM\0*": "a TIFF",
    b"%PDF": "a PDF",
    b"<svg": "an SVG",
    b"8BPS": "a Photoshop file",
}


def words(head: bytes) -> str:
    """Why a file that begins so cannot be sent."""
    if not head:
        return "is empty, whatever its name says"
    kind = kind_of(head)
    if kind is None:
        return "is not a jpg, png or webp image, whatever its name says"
    told = f"is {kind}, not a jpg, png or webp image"
    return f"{told}; {MADE}" if kind == HEIC else told


def kind_of(head: bytes) -> str | None:
    """What it is, in words; None where that is not known."""
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], "a film")
    return next((kind for start, kind in BEGINNINGS.items() if head.startswith(start)), None)
