"""What telephones write is made ready on its way, and says nothing of where it was taken."""

from __future__ import annotations

import hashlib
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from contract_tests.client.pictures.camera import GPS, HEIC, ORIENTATION, PLACE, exif
from contract_tests.support.clients import BOTH_CLASSES, KEY, MakeClient
from contract_tests.support.run.turns import EVERY_MODE
from weryai import ConfigError, MediaError, MultiImageToVideo, Pictures, WeryAI
from weryai._files import images, preparing
from weryai.journal import SQLiteJournal
from weryai.testing import Simulator

Ask = Callable[..., MultiImageToVideo]


def halves(size: tuple[int, int] = (128, 96)) -> Image.Image:
    """Blue on the left and red on the right."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (0, 0, size[0] // 2, size[1]))
    return image


def saved(path: Path, image: Image.Image, **how: Any) -> Path:
    image.save(path, **how)
    return path


class Uploaded:
    """Keeps what was uploaded, picture by picture."""

    def __init__(self) -> None:
        self.files: list[bytes] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/upload-file"):
            head, _, rest = request.read().partition(b"\r\n\r\n")
            boundary = head.partition(b"\r\n")[0]
            self.files.append(rest.partition(b"\r\n" + boundary)[0])
            address = f"https://cdn.example.com/{len(self.files)}.jpg"
            data: Any = {"object_url_list": [address]}
        else:
            data = {"task_ids": ["task_1"]}
        return httpx.Response(200, json={"status": 0, "data": data})

    @property
    def last(self) -> Image.Image:
        return Image.open(io.BytesIO(self.files[-1]))


@pytest.fixture
def uploaded() -> Uploaded:
    return Uploaded()


@EVERY_MODE
def test_a_heic_photo_arrives_as_an_upright_jpeg_without_a_place(
    make_client: MakeClient, uploaded: Uploaded, tmp_path: Path
) -> None:
    path = tmp_path / "photo.heic"
    path.write_bytes(before := HEIC)
    make_client(handler=uploaded, pictures=Pictures()).upload(path)
    image = uploaded.last
    assert (image.format, image.size) == ("JPEG", (128, 96))
    left, right = image.convert("RGB").getpixel((9, 9)), image.convert("RGB").getpixel((119, 9))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert (left[2] > 200, right[0] > 200) == (True, True)
    assert (dict(image.getexif()), path.read_bytes()) == ({}, before)
    make_client(handler=uploaded, pictures=Pictures(keep_metadata=True)).upload(path)
    assert uploaded.last.getexif().get_ifd(PLACE) == GPS


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_was_turned_is_made_upright_and_where_it_was_taken_goes(
    make_client: MakeClient, uploaded: Uploaded, tmp_path: Path, kind: str
) -> None:
    turned = saved(tmp_path / "turned", halves(), format=kind, exif=exif(6))
    for keeps in (False, True):
        client = make_client(handler=uploaded, pictures=Pictures(keep_metadata=keeps))
        client.upload(turned)
        image = uploaded.last
        assert (image.format, image.size) == (kind, (96, 128))
        found = image.getexif()
        assert found.get(ORIENTATION, 1) == 1
        assert dict(found.get_ifd(PLACE)) == (GPS if keeps else {})


def test_the_picture_itself_stays_when_only_its_metadata_goes(
    make_client: MakeClient, uploaded: Uploaded, tmp_path: Path
) -> None:
    how = {"format": "JPEG", "exif": exif(), "comment": b"at home", "xmp": b"<x:GPS/>"}
    path = saved(tmp_path / "a.jpg", Image.effect_noise((64, 64), 90).convert("RGB"), **how)
    make_client(handler=uploaded, pictures=Pictures()).upload(path)
    assert (b"at home" in path.read_bytes(), b"GPS" in path.read_bytes()) == (True, True)
    assert (b"at home" in uploaded.files[0], b"GPS" in uploaded.files[0]) == (False, False)
    before, after = (Image.open(each).tobytes() for each in (path, io.BytesIO(uploaded.files[0])))
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) <= 16


def test_what_needs_nothing_is_sent_byte_for_byte(
    make_client: MakeClient, uploaded: Uploaded, pictures: tuple[Path, Path], tmp_path: Path
) -> None:
    film = tmp_path / "film.webp"
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    frames[0].save(film, save_all=True, append_images=frames[1:], exif=exif(6))
    turned = saved(tmp_path / "a.jpg", halves(), exif=exif())
    for path, options in (
        (pictures[0], Pictures(fit=True)),
        (film, Pictures()),
        (turned, Pictures(keep_metadata=True)),
        (turned, None),
    ):
        make_client(handler=uploaded, pictures=options).upload(path)
        assert uploaded.files[-1] == path.read_bytes()


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGB"), ("PNG", "RGBA"), ("JPEG", "RGB")])
def test_what_is_too_large_is_made_smaller_where_that_is_wanted(
    make_client: MakeClient,
    uploaded: Uploaded,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    mode: str,
) -> None:
    for module in (images, preparing):
        monkeypatch.setattr(module, "MAX_BYTES", 5_000)
    noise = Image.effect_noise((128, 64), 90).convert(mode)
    if mode == "RGBA":
        noise.putalpha(128)
    path = saved(
        tmp_path / "large", noise, format=kind, **({"quality": 98} if kind == "JPEG" else {})
    )
    with pytest.raises(MediaError, match=r"the limit is 5,000: .* --fit"):
        make_client(handler=uploaded, pictures=Pictures()).upload(path)
    make_client(handler=uploaded, pictures=Pictures(fit=True)).upload(path)
    assert len(uploaded.files[0]) <= 5_000
    width, height = uploaded.last.size
    assert width / height == pytest.approx(2, rel=0.1)
    assert uploaded.last.has_transparency_data == (mode == "RGBA")


def test_a_picture_is_known_by_the_content_that_was_given_and_uploaded_once_for_each_way(
    make_client: MakeClient,
    uploaded: Uploaded,
    journal: SQLiteJournal,
    ask: Ask,
    tmp_path: Path,
) -> None:
    path = tmp_path / "photo.heic"
    path.write_bytes(HEIC)
    twin = tmp_path / "twin.heic"
    twin.write_bytes(path.read_bytes())
    for each, options, uploads in (
        (path, Pictures(), 1),
        (twin, Pictures(), 1),
        (path, Pictures(keep_metadata=True), 2),
        (twin, Pictures(keep_metadata=True), 2),
    ):
        client = make_client(handler=uploaded, journal=journal, pictures=options)
        client.submit(ask(images=[each]))
        assert len(uploaded.files) == uploads
    assert len({entry.fingerprint for entry in journal.entries()}) == 1
    plain = tmp_path / "plain.jpg"
    halves().save(plain)
    make_client(handler=uploaded, journal=journal, pictures=Pictures()).upload(plain)
    digest = hashlib.sha256(plain.read_bytes()).hexdigest()
    since = next(journal.entries()).sent_at
    assert journal.address_of("https://api.weryai.com", digest, since.replace(year=2000))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "is a HEIC photo, and damaged"),
        (b"GIF89a" + bytes(20), "is a GIF"),
        (b"nothing at all", "is not a jpg, png or webp image"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(
    make_client: MakeClient, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "odd.heic"
    path.write_bytes(content)
    client = make_client(handler=lambda _: 1 / 0, pictures=Pictures(fit=True))
    with pytest.raises(MediaError, match=words):
        client.upload(path)
    for odd in (tmp_path, tmp_path / "none.heic", ""):
        with pytest.raises(MediaError):
            client.upload(odd)


def test_a_picture_that_would_fill_the_memory_is_not_opened(
    make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path / "bomb.png", Image.new("1", (200, 100)), exif=exif())
    client = make_client(handler=lambda _: 1 / 0, pictures=Pictures(fit=True))
    for name, most in (("MOST_PIXELS", 200 * 100 - 1), ("MOST_BYTES", 10)):
        with monkeypatch.context() as patch:
            patch.setattr(preparing, name, most)
            with pytest.raises(MediaError, match=r"200 x 100 pixels|over 10 bytes"):
                client.upload(path)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 9)
    with pytest.raises(MediaError, match="no picture"):
        client.upload(path)


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"\0\0\0\x18ftypheic", "a HEIC photo"),
        (b"\0\0\0\x18ftypmif1", "a HEIC photo"),
        (b"\0\0\0\x18ftypavif", "an AVIF image"),
        (b"\0\0\0\x18ftypisom", "a film"),
        (b"GIF89a", "a GIF"),
        (b"II*\0", "a TIFF"),
        (b"%PDF-1.7", "a PDF"),
        (b"BM", "a BMP"),
    ],
)
def test_without_the_extra_a_refusal_says_what_the_file_is_and_what_helps(
    make_client: MakeClient, tmp_path: Path, head: bytes, what: str
) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(head + bytes(30))
    with pytest.raises(MediaError) as refused:
        make_client(handler=lambda _: 1 / 0).upload(path)
    (fault,) = refused.value.faults
    assert f"is {what}, not a jpg, png or webp image" in fault
    assert ("pip install '.[images]'" in fault) == ("HEIC" in what)


@BOTH_CLASSES
def test_pictures_need_the_extra_and_nothing_else_stands_for_them(
    client_class: type[WeryAI], monkeypatch: pytest.MonkeyPatch
) -> None:
    odd: Any = True
    with pytest.raises(ConfigError, match="pictures must be Pictures"):
        client_class(KEY, pictures=odd)
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    assert Pictures.missing() == "pi_heif"
    with pytest.raises(ConfigError, match=r"pi_heif is not installed.*'\.\[images\]'"):
        client_class(KEY, pictures=Pictures())


def test_nothing_is_left_behind(
    make_client: MakeClient, uploaded: Uploaded, simulator: Simulator, tmp_path: Path
) -> None:
    path = tmp_path / "photo.heic"
    path.write_bytes(HEIC)
    make_client(handler=uploaded, pictures=Pictures()).upload(path)
    assert os.listdir(tmp_path) == ["photo.heic"]
