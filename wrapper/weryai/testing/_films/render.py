"""The offline simulator's renderer: turns a few images into a short, real H.264 video."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PIL import Image, ImageOps, UnidentifiedImageError

from .pictures import caption, placeholder, sample

# PyAV takes a tenth of the time that the simulator takes to import, and most tests see no video.
if TYPE_CHECKING:
    import av
    from av.container import OutputContainer
elif find_spec("av") is None:
    raise ModuleNotFoundError("No module named 'av'", name="av")

__all__ = ["frame_size", "placeholder", "render", "sample"]

FRAME_RATE = 24
MAX_PIXELS = 40_000_000
MAX_LONG_SIDE = 8192

_DEFAULT_RESOLUTION = "480p"
_SHORT_SIDES = range(64, 2161)
# Named, because Pillow would otherwise also try formats that start other programs.
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_HOLD = 0.2  # share of each passage that rests before, and again after, its crossfade
_ZOOM = 0.1  # share of the picture outside the frame when the zoom is deepest

# H.264's numbers for them; older PyAV does not name all. The matrix is BT.601 because that is
# what decoders that ignore the number (PyAV 14 among them) take for granted.
_BT601_MATRIX = 6
_BT709 = 1
_LIMITED_RANGE = 1

# Brightness and the two half-size colour planes, as the encoder takes them. Moving these instead
# of RGB pixels halves the work.
_Planes = tuple[Image.Image, ...]
_Overlay = tuple[_Planes, _Planes]  # colours, and the masks to paste them through


def frame_size(aspect_ratio: str, resolution: str | None) -> tuple[int, int]:
    """Return the width and height of a video in pixels; both are even.

    Args:
        aspect_ratio: ``"W:H"``, two whole numbers from 1 to 9999.
        resolution: The short side: ``"64p"`` to ``"2160p"`` or ``"4k"`` (2160). None means 480p.

    Raises:
        ValueError: An argument has another form, or the long side would pass 8192 pixels.
    """
    ratio = re.fullmatch(r"([1-9][0-9]{0,3}):([1-9][0-9]{0,3})", aspect_ratio)
    if ratio is None:
        raise ValueError(f"The aspect ratio must look like 16:9, not {aspect_ratio!r}.")
    width, height = int(ratio[1]), int(ratio[2])
    short = _short_side(_DEFAULT_RESOLUTION if resolution is None else resolution)
    long = _even(short * max(width, height), min(width, height))
    if long > MAX_LONG_SIDE:
        raise ValueError(
            f"A video of {aspect_ratio} at {resolution} would be {long} pixels long;"
            f" {MAX_LONG_SIDE} is the most."
        )
    short = _even(short, 1)
    return (long, short) if width >= height else (short, long)


def _short_side(resolution: str) -> int:
    number = re.fullmatch(r"([1-9][0-9]{1,3})p", "2160p" if resolution == "4k" else resolution)
    if number is None or int(number[1]) not in _SHORT_SIDES:
        raise ValueError(f"The resolution must be 64p to 2160p or 4k, not {resolution!r}.")
    return int(number[1])


def _even(numerator: int, denominator: int) -> int:
    """The quotient rounded to the nearest even number, exactly."""
    return 2 * ((numerator + denominator) // (2 * denominator))


def render(
    images: Sequence[bytes],
    *,
    aspect_ratio: str,
    duration: int,
    resolution: str | None,
    path: Path,
    label: str | None = None,
) -> None:
    """Write a silent MP4 (H.264, yuv420p, 24 frames per second) that moves through the images.

    It begins with the first image and ends with the last, each scaled and centre-cropped to the
    frame; between them it fades from one to the next and zooms in and out again.

    Args:
        images: One or more JPEG, PNG, WebP, GIF, BMP or TIFF files of at most 40 megapixels
            each. EXIF orientation is honoured; transparency becomes black.
        aspect_ratio, resolution: As for :func:`frame_size`.
        duration: Whole seconds, at least 1.
        path: The file, replaced if it exists; not touched before all images are decoded.
        label: Small text for the lower left corner, left out of the first and last tenth.

    Raises:
        ValueError: An image cannot be decoded or is too large (the message tells which, counted
            from 1), there is none, or another argument is outside its limits.
        OSError: The file cannot be written.
    """
    if not images:
        raise ValueError("A video needs at least one image.")
    if duration < 1:
        raise ValueError(f"The duration must be at least 1 second, not {duration}.")
    size = frame_size(aspect_ratio, resolution)
    stills = [_planes(_load(data, number, size)) for number, data in enumerate(images, 1)]
    overlay = _overlay(label, size) if label else None
    _write(path, size, _pictures(stills, overlay, duration * FRAME_RATE))


def check_image(data: bytes) -> None:
    """Raise ValueError if `render` could not use this image."""
    _load(data, 1, (64, 64))


def _write(path: Path, size: tuple[int, int], pictures: Iterator[_Planes]) -> None:
    import av

    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as output:
        stream = _add_stream(output, size)
        for index, planes in enumerate(pictures):
            frame = _video_frame(planes)
            frame.pts = index
            output.mux(stream.encode(frame))
        output.mux(stream.encode())


def _pictures(stills: Sequence[_Planes], overlay: _Overlay | None, count: int) -> Iterator[_Planes]:
    """All ``count`` pictures of the video in order, made one at a time."""
    unmarked = math.ceil(count / 10)
    for index in range(count):
        planes = _moved(stills, index / (count - 1))
        if overlay and unmarked <= index < count - unmarked:
            _paste(overlay, planes)
        yield planes


def _load(data: bytes, number: int, size: tuple[int, int]) -> Image.Image:
    """Decode image ``number`` and crop it to exactly ``size``, in RGB."""
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            _refuse_huge(image)
            # JPEG alone: decode no more detail than the frame shows, whichever way it is turned.
            image.draft(None, (max(size), max(size)))
            return _cover(_flatten(ImageOps.exif_transpose(image)), size)
    except (_HugeError, Image.DecompressionBombError) as error:
        raise ValueError(
            f"Image {number} has over {MAX_PIXELS // 1_000_000} megapixels; that is the simulator's"
            " own limit, what the service takes is not published"
        ) from error
    except UnidentifiedImageError as error:
        kinds = ", ".join(_FORMATS)
        raise ValueError(f"Image {number} cannot be decoded: it is none of {kinds}.") from error
    except Exception as error:  # Pillow's decoders raise many kinds on damaged data.
        raise ValueError(f"Image {number} cannot be decoded: {error}") from error


class _HugeError(ValueError):
    """More pixels than are drawn in a reasonable time."""


def _refuse_huge(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise _HugeError


def _flatten(image: Image.Image) -> Image.Image:
    """Convert any mode to RGB, transparency over black."""
    if image.mode.startswith("I"):  # 16 bits of grey, of which Pillow would keep the lower 8
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    black = Image.new("RGB", image.size)
    black.paste(image, mask=image.getchannel("A"))
    return black


def _cover(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Scale so that the image fills the frame, and cut off what stands over on both sides."""
    scale = min(image.width / size[0], image.height / size[1])
    left, top = (image.width - size[0] * scale) / 2, (image.height - size[1] * scale) / 2
    box = (max(left, 0), max(top, 0), image.width - max(left, 0), image.height - max(top, 0))
    return image.resize(size, Image.Resampling.LANCZOS, box, reducing_gap=3)


def _planes(image: Image.Image) -> _Planes:
    import av
    from av.video.reformatter import Colorspace

    # PyAV leaves this one without annotations.
    from_image = cast(Callable[[Image.Image], av.VideoFrame], av.VideoFrame.from_image)
    frame = from_image(image).reformat(format="yuv420p", dst_colorspace=Colorspace.ITU601)
    # Rows in memory are padded; the crop takes the padding off.
    return tuple(
        Image.frombytes("L", (plane.line_size, plane.height), bytes(plane)).crop(
            (0, 0, plane.width, plane.height)
        )
        for plane in frame.planes
    )


def _video_frame(planes: _Planes) -> av.VideoFrame:
    import av

    frame = av.VideoFrame(*planes[0].size, "yuv420p")
    for plane, image in zip(frame.planes, planes, strict=True):
        padded = image.crop((0, 0, plane.line_size, plane.height))
        plane.update(padded.tobytes())
    return frame


def _moved(stills: Sequence[_Planes], progress: float) -> _Planes:
    """The picture at ``progress``, from 0 (the first still itself) to 1 (the last)."""
    position = _position(progress, len(stills))
    first = int(position)
    planes = stills[first]
    if position > first:
        pairs = zip(planes, stills[first + 1], strict=True)
        planes = tuple(Image.blend(a, b, position - first) for a, b in pairs)
    margin = _ZOOM / 2 * _smoothstep(1 - abs(2 * progress - 1))
    return tuple(_zoomed(plane, margin) for plane in planes)


def _position(progress: float, count: int) -> float:
    """Which still shows: whole numbers are stills, fractions are crossfades to the next."""
    still, part = divmod(progress * (count - 1), 1)
    return still + _smoothstep((part - _HOLD) / (1 - 2 * _HOLD))


def _smoothstep(value: float) -> float:
    value = min(max(value, 0.0), 1.0)
    return value * value * (3 - 2 * value)


def _zoomed(plane: Image.Image, margin: float) -> Image.Image:
    """Fill the plane with its own middle, leaving out the share ``margin`` on each side."""
    x, y = plane.width * margin, plane.height * margin
    box = (x, y, plane.width - x, plane.height - y)
    return plane.resize(plane.size, Image.Resampling.BICUBIC, box)


def _overlay(label: str, size: tuple[int, int]) -> _Overlay:
    """The caption's planes, and for each the mask to paste it through."""
    picture = caption(label, size)
    colours = _planes(picture.convert("RGB"))
    alpha = picture.getchannel("A")
    return colours, tuple(alpha.resize(colour.size) for colour in colours)


def _paste(overlay: _Overlay, planes: _Planes) -> None:
    for plane, colour, mask in zip(planes, *overlay, strict=True):
        plane.paste(colour, mask=mask)


def _add_stream(output: OutputContainer, size: tuple[int, int]) -> av.VideoStream:
    # No B-frames: the container then lists the frames in the order they are shown.
    options = {"preset": "ultrafast", "crf": "20", "bf": "0"}
    stream = output.add_stream("libx264", rate=FRAME_RATE, options=options)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    # The thread count is written into the file: a fixed one keeps the bytes the same everywhere.
    stream.thread_count = 1
    codec = stream.codec_context
    codec.colorspace = _BT601_MATRIX
    codec.color_primaries = codec.color_trc = _BT709
    codec.color_range = _LIMITED_RANGE
    return stream
