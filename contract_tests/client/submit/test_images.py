"""A local image is whole before anything is sent: walked to its end marker, whatever made it."""

from __future__ import annotations

import os
import random
import threading
import zlib
from collections.abc import Callable
from cProfile import Profile
from io import BytesIO
from pathlib import Path
from struct import pack
from typing import Any

import pytest
from PIL import Image

from weryai import InvalidRequestError, MediaError, MultiImageToVideo, WeryAI
from weryai._files import image_format
from weryai.testing import Simulator

Ask = Callable[..., MultiImageToVideo]
SIZE = (17, 5)  # the smallest that has several blocks of a JPEG, and so restarts
PIXELS = "17 x 5 pixels"
PNG = b"\x89PNG\r\n\x1a\n"
MB_10 = 10 * 1024 * 1024


def noise(mode: str = "RGB", seed: int = 1, size: tuple[int, int] = SIZE) -> Image.Image:
    """A picture that nothing compresses: its scans are full of FF00."""
    if mode == "I;16":
        return Image.frombytes(mode, size, random.Random(seed).randbytes(2 * size[0] * size[1]))
    made = Image.frombytes("RGBA", size, random.Random(seed).randbytes(4 * size[0] * size[1]))
    return made.convert("RGB").convert(mode) if mode != "RGBA" else made


def saved(kind: str, image: Image.Image | None = None, **options: Any) -> bytes:
    file = BytesIO()
    (image or noise()).save(file, kind, **options)
    return file.getvalue()


def film(kind: str, mode: str, **options: Any) -> bytes:
    frames = [noise(mode, seed) for seed in (2, 3)]
    return saved(kind, noise(mode), save_all=True, append_images=frames, duration=50, **options)


THUMBNAIL = saved("JPEG", noise(size=(8, 8)))
EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0" + THUMBNAIL
MADE: dict[str, bytes] = {
    "jpeg": saved("JPEG"),
    "jpeg of quality 100": saved("JPEG", quality=100, subsampling=0),
    "jpeg, grey": saved("JPEG", noise("L")),
    "jpeg, CMYK": saved("JPEG", noise("CMYK")),
    "jpeg, progressive": saved("JPEG", progressive=True),
    "jpeg, optimised": saved("JPEG", optimize=True),
    "jpeg with restarts": saved("JPEG", quality=95, restart_marker_blocks=1),
    "jpeg, progressive with restarts": saved("JPEG", progressive=True, restart_marker_blocks=1),
    "jpeg with a thumbnail": saved("JPEG", exif=EXIF, comment=b"\xff\xd9 is no end here"),
    "jpeg with a colour profile": saved("JPEG", icc_profile=b"\xff\xd9" * 300),
    "png": saved("PNG"),
    "png, black and white": saved("PNG", noise("1")),
    "png, grey": saved("PNG", noise("L")),
    "png of 16 bits": saved("PNG", noise("I;16")),
    "png with alpha": saved("PNG", noise("RGBA")),
    "png with a palette": saved("PNG", noise("P"), transparency=3, exif=EXIF),
    "png, moving": film("PNG", "RGB"),
    "webp": saved("WEBP"),
    "webp, lossless": saved("WEBP", lossless=True),
    "webp with alpha": saved("WEBP", noise("RGBA")),
    "webp, lossless with alpha": saved("WEBP", noise("RGBA"), lossless=True, exact=True),
    "webp with a thumbnail": saved("WEBP", exif=EXIF, icc_profile=b"VP8 " * 30),
    "webp, moving": film("WEBP", "RGB"),
    "webp, moving and lossless": film("WEBP", "RGBA", lossless=True),
}
KINDS = {name: content for name, content in MADE.items() if "," not in name and " " not in name}


@pytest.fixture
def seen(ask: Ask, tmp_path: Path) -> Callable[[bytes], str]:
    """What is said of a file of this content."""
    path = tmp_path / "a.jpg"

    def look(content: bytes) -> str:
        path.write_bytes(content)
        try:
            return str(ask(images=[path]).check()[0])
        except MediaError as error:
            return str(error)

    return look


@pytest.mark.parametrize("name", MADE)
def test_what_encoders_make_is_whole_and_as_large_as_they_say(
    ask: Ask, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "a"
    path.write_bytes(MADE[name])
    (image,) = ask(images=[path]).check()
    assert (image.width, image.height) == SIZE
    assert image.media_type == f"image/{name.replace(',', ' ').split()[0]}"
    assert str(image).endswith(f" {PIXELS}, {len(MADE[name]):,} bytes")


@pytest.mark.parametrize("name", MADE)
def test_an_image_cut_anywhere_is_refused(ask: Ask, tmp_path: Path, name: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(MADE[name])
    request = ask(images=[path])
    for length in reversed(range(len(MADE[name]))):
        os.truncate(path, length)
        with pytest.raises(MediaError) as caught:
            request.check()
        if length >= 12:
            assert "cut off" in str(caught.value), length


@pytest.mark.parametrize(
    "behind", [b"\0" * 700, b"\xff\xd8\xff" * 99, MADE["jpeg"], b"MotionPhoto"]
)
@pytest.mark.parametrize("name", KINDS)
def test_what_stands_behind_an_image_may_be_anything_and_cut(
    seen: Callable[[bytes], str], name: str, behind: bytes
) -> None:
    for length in range(0, len(behind), 13):
        assert PIXELS in seen(KINDS[name] + behind[:length])


def test_an_end_is_found_wherever_it_is(seen: Callable[[bytes], str]) -> None:
    """A file is read in pieces of 64 kB."""
    for length in range(65_536 - 30, 65_536 + 3):
        content = b"\xff\xd8" + FRAME + SCAN + b"x" * length + b"\xff\xd9"
        assert "23 x 14" in seen(content)
        assert "cut off" in seen(content[:-1])


def test_an_image_that_another_one_follows_ends_before_it(seen: Callable[[bytes], str]) -> None:
    two = film("MPO", "RGB")
    assert PIXELS in seen(two)
    assert PIXELS in seen(two[:-1]), "what was cut is the second picture"
    half = MADE["jpeg"][: len(MADE["jpeg"]) - 40]
    assert "is cut off: another image begins" in seen(half + MADE["jpeg"])


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))


def riff(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + pack("<I", len(body)) + body


def part(kind: bytes, data: bytes = b"") -> bytes:
    return kind + pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


HEADER = pack(">IIBBBBB", 23, 14, 8, 2, 0, 0, 0)
FLAT = HEADER.replace(pack(">I", 14), pack(">I", 0))
SCAN = b"\xff\xda\0\x02"
FRAME = b"\xff\xc0\0\x0b\x08\0\x0e\0\x17\x01\x01\x11\0"
VP8 = b"\0\0\0\x9d\x01\x2a\x17\0\x0e\0"
BROKEN: dict[str, bytes] = {
    "three bytes": b"\xff\xd8\xff",
    "an end at once": b"\xff\xd8\xff\xd9",
    "no frame": b"\xff\xd8" + SCAN + b"picture\xff\xd9",
    "no scan": b"\xff\xd8" + FRAME + b"\xff\xd9",
    "a scan of nothing": b"\xff\xd8" + FRAME + SCAN + b"\xff\xd9",
    "no height": b"\xff\xd8" + FRAME.replace(b"\0\x0e", b"\0\0") + SCAN + b"picture\xff\xd9",
    "a segment of no length": b"\xff\xd8\xff\xe0\0\x01" + FRAME + SCAN + b"picture\xff\xd9",
    "a frame of no length": b"\xff\xd8\xff\xc0\0\x07" + FRAME + SCAN + b"picture\xff\xd9",
    "a signature alone": PNG + b"\0" * 400,
    "no header": PNG + chunk(b"IDAT", b"x") + chunk(b"IEND"),
    "two headers": PNG + chunk(b"IHDR", HEADER) * 2 + chunk(b"IDAT", b"x") + chunk(b"IEND"),
    "a short header": PNG + chunk(b"IHDR", HEADER[:8]) + chunk(b"IDAT", b"x") + chunk(b"IEND"),
    "no data": PNG + chunk(b"IHDR", HEADER) + chunk(b"IDAT") + chunk(b"IEND"),
    "no pixels": PNG + chunk(b"IHDR", FLAT) + chunk(b"IDAT", b"x") + chunk(b"IEND"),
    "a flipped bit": MADE["png"].replace(b"IDAT", b"IDAT\x01", 1)[: len(MADE["png"])],
    "a hole": MADE["png"][:60] + b"\0" * 30 + MADE["png"][90:],
    "no chunks": riff(),
    "no picture": riff(part(b"VP8X", b"\0\0\0\0\x16\0\0\x0d\0\0")),
    "no picture first": riff(part(b"EXIF", b"x"), part(b"VP8 ", VP8)),
    "no key frame": riff(part(b"VP8 ", b"\x01" + VP8[1:])),
    "no start code": riff(part(b"VP8 ", VP8.replace(b"\x9d", b"\0"))),
    "half a start": riff(part(b"VP8 ", VP8[:9])),
    "no width": riff(part(b"VP8 ", VP8.replace(b"\x17", b"\0"))),
    "another version": riff(part(b"VP8L", b"\x2f\x16\x40\x03\xe0" + b"x" * 9)),
    "another signature": riff(part(b"VP8L", b"\x2e\x16\x40\x03\0" + b"x" * 9)),
    "half a header": riff(part(b"VP8X", b"\0\0\0\0"), part(b"VP8 ", VP8)),
    "a chunk beyond the end": riff(part(b"VP8 ", VP8))[:-10] + b"\xff" * 10,
    "an empty film": riff(part(b"VP8X", b"\x02\0\0\0\x16\0\0\x0d\0\0"), part(b"ANMF", b"\0" * 16)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_beginning_and_an_end_are_no_image(seen: Callable[[bytes], str], name: str) -> None:
    assert ": is damaged" in seen(BROKEN[name]) or ": is cut off" in seen(BROKEN[name])


def test_no_more_than_a_beginning_and_an_end_is_wrong_with_those(
    seen: Callable[[bytes], str],
) -> None:
    assert "23 x 14" in seen(b"\xff\xd8" + FRAME + SCAN + b"picture\xff\xd9")
    assert "23 x 14" in seen(
        PNG + chunk(b"IHDR", HEADER) + chunk(b"teSt") + chunk(b"IDAT", b"x") + chunk(b"IEND")
    )
    assert "23 x 14" in seen(riff(part(b"VP8 ", VP8)))
    assert "23 x 14" in seen(riff(part(b"VP8L", b"\x2f\x16\x40\x03\0x")))
    assert "23 x 14" in seen(riff(part(b"VP8 ", VP8 + b"x")[:-1])), "a length without padding"


def test_a_broken_image_is_refused_before_anything_is_sent(
    client: WeryAI, simulator: Simulator, ask: Ask, pictures: tuple[Path, Path], tmp_path: Path
) -> None:
    path = tmp_path / "a.jpg"
    for content in (b"\xff\xd8\xff", MADE["jpeg"][:-1], MADE["png"][:-1], MADE["webp"][:-1]):
        path.write_bytes(content)
        with pytest.raises(MediaError, match=r"a\.jpg: is cut off"):
            client.submit(ask(images=[pictures[0], path]))
        with pytest.raises(MediaError, match=r"a\.jpg: is cut off"):
            client.upload(path)
    assert simulator.received == []


# 10 MB that are made to take long.
HOSTILE: dict[str, Callable[[], bytes]] = {
    "fillings": lambda: b"\xff\xd8" + b"\xff" * MB_10,
    "segments": lambda: b"\xff\xd8" + b"\xff\xe0\0\x02" * (MB_10 // 4),
    "segments and more": lambda: b"\xff\xd8" + b"\xff\xe0\0\x02x" * (MB_10 // 5),
    "scans": lambda: b"\xff\xd8" + FRAME + (SCAN + b"x") * (MB_10 // 5),
    "long segments": lambda: b"\xff\xd8" + (b"\xff\xe0\xff\xff" + b"\0" * 65533) * 160,
    "png chunks": lambda: PNG + chunk(b"IHDR", HEADER) + chunk(b"teSt") * (MB_10 // 12),
    "png data": lambda: PNG + chunk(b"IHDR", HEADER) + chunk(b"IDAT") * (MB_10 // 12),
    "webp chunks": lambda: riff(part(b"VP8 ", VP8), part(b"EXIF") * (MB_10 // 8)),
    "webp frames": lambda: riff(part(b"VP8 ", VP8), part(b"ANMF") * (MB_10 // 8)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_work_on_hostile_bytes_is_bounded(
    seen: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """With a tenth of the parts that are allowed, for counting slows each of them down."""
    monkeypatch.setattr(image_format, "MOST_PARTS", image_format.MOST_PARTS // 10)
    content = HOSTILE[name]()
    with Profile() as profile:
        told = seen(content[:MB_10])
    assert "pixels" not in told
    assert sum(each.callcount for each in profile.getstats()) < 150_000


def test_a_pipe_does_not_make_a_client_wait(
    client: WeryAI, ask: Ask, pictures: tuple[Path, Path], tmp_path: Path
) -> None:
    """Nor does one that takes the place of a file after it was looked at."""
    pipe = tmp_path / "a.png"
    os.mkfifo(pipe)
    stat = pictures[0].stat()

    def upload() -> None:
        for late in (False, True):
            with pytest.MonkeyPatch.context() as patch:
                if late:
                    patch.setattr(Path, "stat", lambda *_, **__: stat)
                with pytest.raises(MediaError, match="not a regular file"):
                    client.upload(pipe)
        done.append(True)

    done: list[bool] = []
    thread = threading.Thread(target=upload, daemon=True)
    thread.start()
    thread.join(30)
    assert done


@pytest.mark.parametrize(
    "source",
    [None, 5, b"\x89PNG", b"a.png", bytearray(9), ["a.png"], {}, "", object(), "a\0b", "x" * 9999],
)
def test_what_is_no_path_is_refused_as_an_image(
    client: WeryAI, simulator: Simulator, source: Any
) -> None:
    with pytest.raises(MediaError) as caught:
        client.upload(source)
    assert len(str(caught.value)) < 400
    assert simulator.received == []


class Odd:
    """A path of somebody else's."""

    def __init__(self, name: Any) -> None:
        self.name = name

    def __fspath__(self) -> Any:
        return self.name() if callable(self.name) else self.name


@pytest.mark.parametrize("name", [b"a.png", 5, lambda: 1 / 0])
def test_a_path_that_is_none_is_refused_as_an_image(client: WeryAI, ask: Ask, name: Any) -> None:
    with pytest.raises(MediaError, match="and not Odd"):
        client.upload(Odd(name))
    with pytest.raises(InvalidRequestError, match=r"images\[1\] must be a path"):
        ask(images=[Odd(name)])


@pytest.mark.parametrize("name", [os.fsdecode(b"\xff.jpg"), "\ud800.jpg", "fox\x1b[31m.jpg"])
def test_a_fault_can_be_printed_whatever_the_name_of_the_file(
    client: WeryAI, tmp_path: Path, name: str
) -> None:
    with pytest.raises(MediaError) as caught:
        client.upload(tmp_path / name)
    assert f"{caught.value!r} {caught.value}".isprintable()


def test_an_address_is_told_from_a_path(client: WeryAI, simulator: Simulator) -> None:
    for address in ("https://example.com/a.jpg", "file:///tmp/a.jpg", "data:image/png;base64,AA"):
        with pytest.raises(MediaError, match="is an address, not the path of a file"):
            client.upload(address)
    assert simulator.received == []
