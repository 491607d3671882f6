"""Video files that are whole, and no larger than they have to be: nobody could watch them.

An MP4 has three outermost boxes (ISO/IEC 14496-12): `ftyp` says what it is, `moov` where its one
sample lies, and `mdat` holds that sample. A WebM is two elements of EBML (RFC 8794), of which the
second, the segment, holds the tracks and a cluster (RFC 9559).
"""

from __future__ import annotations


def box(kind: bytes, *content: bytes) -> bytes:
    """A box, which begins with its length."""
    inside = b"".join(content)
    return (8 + len(inside)).to_bytes(4, "big") + kind + inside


def full_box(kind: bytes, *numbers: int) -> bytes:
    """A box of 32-bit numbers behind a version and flags, both 0."""
    return box(kind, bytes(4), *(number.to_bytes(4, "big") for number in numbers))


def moov(place: int, length: int) -> bytes:
    """An index of one track that has one sample."""
    tables = [
        full_box(b"stsc", 1, 1, 1, 1),
        full_box(b"stsz", length, 1),
        full_box(b"stco", 1, place),
    ]
    track = box(b"mdia", box(b"minf", box(b"stbl", *tables)))
    return box(b"moov", box(b"trak", track))


def head(length: int, brand: bytes = b"isom") -> bytes:
    """All of a film but its media, which are so many bytes long."""
    ftyp = box(b"ftyp", brand, bytes(4), brand)
    place = len(ftyp) + len(moov(0, 0)) + 8
    return ftyp + moov(place, length) + (8 + length).to_bytes(4, "big") + b"mdat"


def film(media: bytes = b"x" * 1000, brand: bytes = b"isom") -> bytes:
    """A whole film: MP4, or QuickTime where the brand is `qt  `."""
    return head(len(media), brand) + media


def element(kind: str, *content: bytes) -> bytes:
    """An element of EBML; its length is always told in eight bytes."""
    inside = b"".join(content)
    return bytes.fromhex(kind) + b"\1" + len(inside).to_bytes(7, "big") + inside


def webm(media: bytes = b"x" * 1000) -> bytes:
    """A whole WebM."""
    kept = [element("1654AE6B"), element("1F43B675", element("A3", media))]
    return element("1A45DFA3", element("4282", b"webm")) + element("18538067", *kept)


# A WebM that is made while it is sent: it does not tell its own length, and goes on with clusters.
LIVE = element("1A45DFA3") + bytes.fromhex("18538067 01FFFFFFFFFFFFFF") + element("1654AE6B")
CLUSTER = bytes.fromhex("1F43B675 FF") + element("A3", b"x" * 100)
