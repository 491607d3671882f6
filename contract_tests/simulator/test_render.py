"""What the offline simulator's renderer promises about its videos and pictures."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import av
import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from weryai.testing._films.render import frame_size, placeholder, render, sample

Film = Callable[..., list[Image.Image]]
Size = tuple[int, int]
Transpose = Image.Transpose
# PyAV leaves this one without annotations.
to_image = cast(Callable[[av.VideoFrame], Image.Image], av.VideoFrame.to_image)

RED, GREEN, BLUE, WHITE = (200, 40, 40), (40, 160, 60), (40, 60, 190), (230, 230, 220)


def picture(size: Size, *corners: tuple[int, int, int]) -> Image.Image:
    """Four corner colours flowing into each other: mirrored or turned, it is another picture."""
    small = Image.new("RGB", (2, 2))
    for index, corner in enumerate(corners):
        small.putpixel((index % 2, index // 2), corner)
    return small.resize(size, Image.Resampling.BICUBIC)


FIRST = picture((160, 120), RED, GREEN, BLUE, WHITE)
SECOND = picture((120, 200), WHITE, WHITE, RED, RED)
THIRD = picture((90, 90), BLUE, (0, 0, 0), (0, 0, 0), GREEN)


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.fixture
def film(tmp_path: Path) -> Film:
    """Renders images, 1 second of a small square unless told, and returns the decoded frames."""

    def make(*images: bytes, **options: Any) -> list[Image.Image]:
        usual: dict[str, Any] = {"aspect_ratio": "1:1", "duration": 1, "resolution": "96p"}
        path: Path = options.pop("path", tmp_path / "video.mp4")
        render(images, path=path, **(usual | options))
        with av.open(str(path)) as file:
            return [to_image(frame) for frame in file.decode(video=0)]

    return make


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean absolute difference, of 255, in the channel where it is largest."""
    assert one.size == other.size
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def fitted(image: Image.Image, frame: Image.Image) -> Image.Image:
    """Pillow's own idea of cover, as the reference."""
    return ImageOps.fit(image.convert("RGB"), frame.size)


def looks_like(frame: Image.Image, image: Image.Image) -> bool:
    return difference(frame, fitted(image, frame)) < 6


SIZES = [
    *(("16:9", "720p", (1280, 720)), ("9:16", "720p", (720, 1280)), ("16:9", None, (854, 480))),
    *(("1:1", "480p", (480, 480)), ("4:3", "480p", (640, 480)), ("21:9", "1080p", (2520, 1080))),
    *(("16:9", "4k", (3840, 2160)), ("3:2", "65p", (98, 66))),
]
BAD_RATIOS = ["", "16", "16x9", "0:9", "16:0", "-16:9", "1.5:1", " 16:9", "16:9\n", "१६:९", "auto"]
BAD_RESOLUTIONS = ["", "720", "p", "63p", "2161p", "0720p", "720P", "high", "8k", "99999p"]


@pytest.mark.parametrize(("aspect_ratio", "resolution", "size"), SIZES)
def test_the_p_number_is_the_short_side_and_the_long_side_follows_the_ratio(
    aspect_ratio: str, resolution: str | None, size: Size
) -> None:
    assert frame_size(aspect_ratio, resolution) == size


def test_every_other_ratio_or_resolution_is_refused() -> None:
    for ratio in BAD_RATIOS:
        with pytest.raises(ValueError, match="aspect ratio must look like 16:9"):
            frame_size(ratio, "720p")
    for resolution in BAD_RESOLUTIONS:
        with pytest.raises(ValueError, match="resolution must be 64p to 2160p or 4k"):
            frame_size("16:9", resolution)
    with pytest.raises(ValueError, match="8192 is the most"):
        frame_size("1:9999", "64p")


@pytest.mark.parametrize("aspect_ratio", ["16:9", "9:16", "1:1", "21:9", "4:3"])
@pytest.mark.usefixtures("few_pictures")
def test_each_aspect_ratio_gives_frames_of_its_size(film: Film, aspect_ratio: str) -> None:
    frames = film(encoded(FIRST), encoded(SECOND), aspect_ratio=aspect_ratio, label="demo")
    assert {frame.size for frame in frames} == {frame_size(aspect_ratio, "96p")}
    assert looks_like(frames[0], FIRST)
    assert looks_like(frames[-1], SECOND)


@pytest.mark.parametrize("seconds", [1, 5, 10])
def test_the_file_is_h264_of_exactly_the_duration(film: Film, tmp_path: Path, seconds: int) -> None:
    assert len(film(encoded(FIRST), encoded(SECOND), duration=seconds)) == seconds * 24
    with av.open(str(tmp_path / "video.mp4")) as file:
        (stream,) = file.streams.video
        codec = stream.codec_context
        assert (codec.name, codec.pix_fmt, len(file.streams)) == ("h264", "yuv420p", 1)
        assert stream.average_rate == 24
        assert stream.start_time == 0
        assert stream.duration
        assert stream.time_base
        assert file.duration
        assert float(stream.duration * stream.time_base) == pytest.approx(seconds, abs=0.05)
        assert file.duration / 1_000_000 == pytest.approx(seconds, abs=0.05)
        assert "creation_time" not in {*file.metadata, *stream.metadata}


def test_the_same_input_gives_the_same_bytes_with_the_index_in_front(
    film: Film, tmp_path: Path
) -> None:
    images = [encoded(FIRST), encoded(SECOND), encoded(THIRD)]
    for name in ("one", "two"):
        film(*images, duration=2, label="demo", path=tmp_path / name)
    data = (tmp_path / "one").read_bytes()
    assert data == (tmp_path / "two").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


SCENERY = [Image.open(BytesIO(sample(name, (640, 360)))) for name in ("sunrise", "night")]


@pytest.mark.parametrize("images", [[FIRST], [FIRST, SECOND], [FIRST, SECOND, THIRD], SCENERY])
@pytest.mark.usefixtures("few_pictures")
def test_the_first_frame_is_the_first_image_and_the_last_frame_the_last(
    film: Film, images: list[Image.Image]
) -> None:
    frames = film(*map(encoded, images), aspect_ratio="16:9", resolution="180p", label="demo")
    assert looks_like(frames[0], images[0])
    assert looks_like(frames[-1], images[-1])


def test_a_single_image_zooms_in_and_back_out(film: Film) -> None:
    def width_of_white(frame: Image.Image) -> int:
        row = frame.convert("L").crop((0, 48, 96, 49)).tobytes()
        return sum(value > 128 for value in row)

    square = Image.new("RGB", (96, 96))
    square.paste(WHITE, (24, 24, 72, 72))
    widths = [width_of_white(frame) for frame in film(encoded(square), duration=2)]
    assert widths[0] == widths[-1] == 48
    assert 52 <= widths[24] == max(widths) <= 56
    assert widths == sorted(widths[:24]) + sorted(widths[24:], reverse=True)


def test_halfway_two_images_are_both_seen_and_of_three_the_second(film: Film) -> None:
    frames = film(encoded(FIRST), encoded(SECOND))
    assert min(difference(frames[12], frames[0]), difference(frames[12], frames[-1])) > 20
    assert difference(frames[12], Image.blend(frames[0], frames[-1], 0.5)) < 10
    frames = film(encoded(FIRST), encoded(SECOND), encoded(THIRD))
    assert difference(frames[12], fitted(SECOND, frames[0])) < 10


def test_the_video_rests_at_both_ends_and_never_jumps(film: Film) -> None:
    frames = film(encoded(FIRST), encoded(SECOND), duration=2)
    steps = [difference(a, b) for a, b in pairwise(frames)]
    assert max(steps) < 4 * difference(frames[0], frames[-1]) / len(steps)
    assert max(difference(frames[4], frames[0]), difference(frames[-5], frames[-1])) < 3


def test_the_label_shows_low_on_the_left_but_not_at_the_ends(film: Film) -> None:
    images = encoded(FIRST), encoded(SECOND)
    plain = film(*images, duration=2, resolution="128p")
    marked = film(*images, duration=2, resolution="128p", label="DEMO")
    corner, elsewhere = (0, 108, 40, 128), (64, 0, 128, 96)
    pairs = enumerate(zip(plain, marked, strict=True))
    changed = [i for i, (a, b) in pairs if difference(a.crop(corner), b.crop(corner)) > 15]
    assert changed == list(range(5, 43))
    assert difference(plain[24].crop(elsewhere), marked[24].crop(elsewhere)) < 2


@pytest.mark.parametrize("label", ["", " ", "é日本 \ud800\n", "word " * 200, "x" * 3000])
def test_any_label_can_be_drawn(film: Film, label: str) -> None:
    assert len(film(encoded(FIRST), label=label, resolution="64p")) == 24


TURNS = [
    *(Transpose.FLIP_LEFT_RIGHT, Transpose.ROTATE_180, Transpose.FLIP_TOP_BOTTOM),
    *(Transpose.TRANSPOSE, Transpose.ROTATE_90, Transpose.TRANSVERSE, Transpose.ROTATE_270),
]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(("orientation", "turn"), list(enumerate(TURNS, 2)))
@pytest.mark.usefixtures("few_pictures")
def test_an_image_stands_upright_as_its_exif_orientation_says(
    film: Film, kind: str, orientation: int, turn: Transpose
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(FIRST.transpose(turn), kind, exif=exif)
    assert looks_like(film(data, aspect_ratio="16:9", resolution="64p")[0], FIRST)


@pytest.mark.parametrize("size", [(3000, 2000), (1000, 3000), (40, 30), (1, 1), (2000, 3)])
@pytest.mark.usefixtures("few_pictures")
def test_an_image_of_any_size_and_shape_fills_the_frame(film: Film, size: Size) -> None:
    image = picture(size, RED, GREEN, BLUE, WHITE)
    data = encoded(image, "JPEG", quality=95, subsampling=0)
    assert looks_like(film(data, aspect_ratio="9:16")[0], image)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "GIF"])
@pytest.mark.usefixtures("few_pictures")
def test_transparency_becomes_black(film: Film, kind: str) -> None:
    alpha = Image.linear_gradient("L").resize(FIRST.size)
    if kind == "GIF":  # all or nothing, as one colour of the palette
        alpha = alpha.convert("1", dither=Image.Dither.NONE).convert("L")
    clear = FIRST.copy()
    clear.putalpha(alpha)
    black = Image.composite(FIRST, Image.new("RGB", FIRST.size), alpha)
    assert looks_like(film(encoded(clear, kind))[0], black)


@pytest.mark.parametrize("mode", ["L", "P", "1", "LA", "CMYK"])
@pytest.mark.usefixtures("few_pictures")
def test_every_colour_mode_is_understood(film: Film, mode: str) -> None:
    image = FIRST.convert(mode)
    frame = film(encoded(image, "JPEG" if mode == "CMYK" else "PNG"))[0]
    # The dots that some modes are made of do not outlive a codec: their average does.
    one, other = (picture.resize((6, 6)) for picture in (frame, fitted(image, frame)))
    assert difference(one, other) < 6


@pytest.mark.usefixtures("few_pictures")
def test_sixteen_bit_grey_keeps_its_brightness(film: Film) -> None:
    grey = Image.linear_gradient("L")
    deep = Image.frombytes("I;16", grey.size, b"".join(bytes([0, v]) for v in grey.tobytes()))
    assert looks_like(film(encoded(deep))[0], grey)


BROKEN = [encoded(FIRST, "JPEG")[:600], encoded(FIRST, "PNG")[:200], encoded(FIRST, "WEBP")[:99]]
FOREIGN = [b"", b"<html>not found</html>", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"]


@pytest.mark.parametrize("data", BROKEN + FOREIGN)
def test_a_bad_image_is_refused_by_its_number(film: Film, data: bytes, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Image 2 cannot be decoded") as caught:
        film(encoded(FIRST), data, encoded(SECOND))
    assert data not in FOREIGN or "none of JPEG, PNG" in str(caught.value)
    assert not (tmp_path / "video.mp4").exists()


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(8000, 5001), (10_000, 10_000), (60_000, 60_000)])
def test_an_image_over_40_megapixels_is_refused(film: Film, size: Size) -> None:
    data = bytearray(encoded(Image.new("L", (1, 1))))
    data[16:24] = struct.pack(">II", *size)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    with pytest.raises(ValueError, match="Image 1 has over 40 megapixels; that is the simulator's"):
        film(bytes(data))


def test_no_images_no_length_and_no_folder_are_refused(film: Film, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one image"):
        film()
    with pytest.raises(ValueError, match="at least 1 second"):
        film(encoded(FIRST), duration=0)
    with pytest.raises(FileNotFoundError):
        film(encoded(FIRST), path=tmp_path / "missing" / "video.mp4")


LONG = "https://media.example.org/" + "a-long-folder-name/" * 30 + "a.jpeg?key=" + "f00d" * 90
TEXTS = ["", "a", LONG, "x" * 5000, "é日本 \ud800\x00\n"]


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data), formats=["PNG"]).convert("RGB")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("size", [(320, 180), (90, 160), (64, 64), (1, 1)])
def test_a_placeholder_keeps_any_text_inside_its_frame(text: str, size: Size) -> None:
    image = opened(placeholder(text, size))
    assert image.size == size
    bright = image.convert("L").point([255 * (value > 170) for value in range(256)]).getbbox()
    assert bool(bright) == bool(text and min(size) > 1)
    left, top, right, bottom = bright or (1, 1, 0, 0)
    assert not bright or min(left / size[0], top / size[1]) > 0.05
    assert not bright or max(right / size[0], bottom / size[1]) < 0.95


def test_a_placeholder_follows_from_its_text_alone() -> None:
    assert placeholder("one", (160, 90)) == placeholder("one", (160, 90))
    one, two = opened(placeholder("one", (160, 90))), opened(placeholder("two", (160, 90)))
    assert one.getpixel((2, 45)) != two.getpixel((2, 45))


def test_there_are_two_samples_clearly_different_and_always_the_same() -> None:
    assert sample("night", (160, 90)) == sample("night", (160, 90))
    sunrise, night = (opened(sample(name, (160, 90))) for name in ("sunrise", "night"))
    assert difference(sunrise, night) > 80
    with pytest.raises(ValueError, match="choose one of sunrise, night"):
        sample("noon", (160, 90))
