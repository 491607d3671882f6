"""Pictures the simulator draws itself, with Pillow alone: placeholders, samples, captions."""

import hashlib
import math
import random
import re
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from string import punctuation
from urllib.parse import quote

from PIL import Image, ImageDraw, ImageFont, ImageOps

_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_SMALLEST_TEXT = 8
_LONGEST_TEXT = 500
_LINE_HEIGHT = 1.35
# A line may end at a space, or behind one of the signs that separate the parts of an address.
_PIECES = re.compile(r"[^\s/?&=,-]*[\s/?&=,-]|[^\s/?&=,-]+")


def placeholder(text: str, size: tuple[int, int]) -> bytes:
    """Return a PNG that shows ``text`` on a calm background.

    Args:
        text: What to write, for instance an https address. It is wrapped and made smaller until
            it fits; beyond 500 characters its middle is left out, and characters outside ASCII
            are percent-encoded. The background's hue follows from it, so one text always gives
            one picture.
        size: Width and height in pixels, each at least 1.
    """
    text = _clean(text)
    hue = hashlib.sha256(text.encode()).digest()[0] * 360 // 256
    image = _gradient(size, f"hsl({hue}, 26%, 36%)", f"hsl({hue}, 32%, 20%)")
    width, height = (round(side * 0.8) for side in size)
    font_size, lines = _fit_text(text, max(min(size) // 12, _SMALLEST_TEXT), width, height)
    draw = ImageDraw.Draw(image)
    edge = min(size) // 20
    if edge > 2:
        frame = (edge, edge, size[0] - edge - 1, size[1] - edge - 1)
        colour = f"hsl({hue}, 26%, 52%)"
        draw.rounded_rectangle(frame, edge, outline=colour, width=max(edge // 12, 1))
    line_height = font_size * _LINE_HEIGHT
    top = (size[1] - line_height * (len(lines) - 1)) / 2
    for index, line in enumerate(lines):
        place = (size[0] / 2, top + index * line_height)
        draw.text(place, line, "#f4f1ea", _font(font_size), anchor="mm")
    return _png(image)


def caption(text: str, size: tuple[int, int]) -> Image.Image:
    """Return an RGBA image of ``size``, transparent but for small text in the lower left corner.

    The text is wrapped at 90 % of the width; what passes a quarter of the height is cut.
    """
    image = Image.new("RGBA", size)
    pad = max(min(size) // 60, 1)
    wanted = max(min(size) // 26, _SMALLEST_TEXT)
    font_size, lines = _fit_text(_clean(text), wanted, size[0] * 0.9 - 4 * pad, size[1] // 4)
    if not lines:
        return image
    font = _font(font_size)
    line_height = round(font_size * _LINE_HEIGHT)
    width = math.ceil(max(font.getlength(line) for line in lines))
    left, top = 2 * pad, size[1] - 4 * pad - line_height * len(lines)
    box = (left, top, left + width + 4 * pad, size[1] - 2 * pad)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle(box, 2 * pad, fill=(0, 0, 0, 150))
    for index, line in enumerate(lines):
        place = (left + 2 * pad, top + pad + line_height * (index + 0.5))
        draw.text(place, line, (255, 255, 255, 255), font, anchor="lm")
    return image


def _clean(text: str) -> str:
    """Make any string drawable: Pillow's own font knows little more than ASCII."""
    text = quote(text.strip(), safe=punctuation + " ", errors="replace")
    return text if len(text) <= _LONGEST_TEXT else f"{text[:399]}…{text[-100:]}"


def _fit_text(text: str, largest: int, width: float, height: float) -> tuple[int, list[str]]:
    """Return the largest font size in pixels at which the wrapped text fits, and its lines."""
    font_size, lines = largest, _wrap(text, _font(largest), width)
    while font_size > _SMALLEST_TEXT and len(lines) * font_size * _LINE_HEIGHT > height:
        font_size -= 1
        lines = _wrap(text, _font(font_size), width)
    shown = max(int(height / (font_size * _LINE_HEIGHT)), 1)
    if len(lines) > shown:
        lines[shown - 1] = lines[shown - 1][:-1] + "…"
    return font_size, lines[:shown]


def _wrap(text: str, font: _Font, width: float) -> list[str]:
    """Break text into lines of at most ``width`` pixels, inside a word only when it must."""
    advance = {sign: font.getlength(sign) for sign in set(text)}

    def too_long(line: str) -> bool:
        return sum(advance[sign] for sign in line) > width

    lines = [""]
    for piece in _PIECES.findall(text):
        if too_long(lines[-1] + piece.rstrip()):
            lines.append("")
        for sign in piece:
            if too_long(lines[-1] + sign):
                lines.append("")
            lines[-1] += sign
    return [line.strip() for line in lines if line.strip()]


@lru_cache(maxsize=64)
def _font(size: int) -> _Font:
    return ImageFont.load_default(size)


@dataclass(frozen=True)
class _Scene:
    sky: tuple[str, str, str]  # top, middle, horizon
    orb: tuple[float, float, float]  # centre x, centre y, radius; in widths, heights, short sides
    orb_colour: str
    glow: str
    hills: tuple[str, ...]  # far to near
    shape: float  # any number: another one gives other hills
    stars: int = 0


_SCENES = {
    "sunrise": _Scene(
        sky=("#3b4a7d", "#e58a72", "#ffe2a8"),
        orb=(0.34, 0.55, 0.1),
        orb_colour="#fff3cf",
        glow="#ffd27a",
        hills=("#d9907a", "#a8677a", "#6d4a6b", "#3c3250"),
        shape=0.4,
    ),
    "night": _Scene(
        sky=("#040817", "#0f1d42", "#34508a"),
        orb=(0.7, 0.24, 0.075),
        orb_colour="#f3f1df",
        glow="#7f9bd6",
        hills=("#223a66", "#182b50", "#101d3a", "#080f22"),
        shape=2.6,
        stars=150,
    ),
}


def sample(name: str, size: tuple[int, int]) -> bytes:
    """Return a PNG of a drawn landscape, always the same one for the same arguments.

    Args:
        name: ``"sunrise"`` or ``"night"``.
        size: Width and height in pixels, each at least 1.

    Raises:
        ValueError: There is no sample of that name.
    """
    if name not in _SCENES:
        raise ValueError(f"There is no sample {name!r}: choose one of {', '.join(_SCENES)}.")
    scene = _SCENES[name]
    # Drawn at twice the size and reduced: ImageDraw's own edges are jagged.
    image = Image.new("RGB", (size[0] * 2, size[1] * 2))
    sky = (image.width, math.ceil(image.height * 0.7))
    image.paste(_gradient(sky, scene.sky[0], scene.sky[2], scene.sky[1]))
    _draw_stars(image, scene)
    _draw_orb(image, scene)
    _draw_hills(image, scene)
    return _png(image.resize(size, Image.Resampling.BOX))


def _draw_stars(image: Image.Image, scene: _Scene) -> None:
    draw = ImageDraw.Draw(image, "RGBA")
    dice = random.Random(5)
    for _ in range(scene.stars):
        x, y = dice.random() * image.width, dice.random() ** 1.4 * image.height * 0.6
        radius = min(image.size) * (0.0009 + 0.0022 * dice.random() ** 3)
        draw.circle((x, y), radius, (255, 255, 255, 110 + dice.randrange(146)))


def _draw_orb(image: Image.Image, scene: _Scene) -> None:
    short = min(image.size)
    x, y = scene.orb[0] * image.width, scene.orb[1] * image.height
    radius = scene.orb[2] * short
    reach = round(radius * 5)
    light = Image.radial_gradient("L")
    # How dark the gradient is where it meets the square's sides: there the glow must be gone.
    rim = min(light.crop((0, 0, 1, light.height)).tobytes())
    light = light.point([round(190 * max(1 - value / rim, 0) ** 2) for value in range(256)])
    light = light.resize((2 * reach, 2 * reach), Image.Resampling.BICUBIC)
    image.paste(scene.glow, (round(x) - reach, round(y) - reach), light)
    ImageDraw.Draw(image).circle((x, y), radius, scene.orb_colour)


def _draw_hills(image: Image.Image, scene: _Scene) -> None:
    draw = ImageDraw.Draw(image)
    width, height = image.size
    for index, colour in enumerate(scene.hills):
        base = 0.6 + 0.105 * index
        ridge = [
            (x, height * (base + _ridge(x / min(width, height), scene.shape + 1.9 * index)))
            for x in range(0, width + 4, 4)
        ]
        draw.polygon([(0, height), *ridge, (width, height)], colour)


def _ridge(x: float, phase: float) -> float:
    """Height of a hill line at ``x``, as a share of the picture's height: three waves added."""
    return (
        0.035 * math.sin(2.1 * x + phase)
        + 0.018 * math.sin(4.7 * x + 2.3 * phase)
        + 0.006 * math.sin(11.3 * x + 3.1 * phase)
    )


def _gradient(
    size: tuple[int, int], top: str, bottom: str, middle: str | None = None
) -> Image.Image:
    ramp = Image.linear_gradient("L").resize(size, Image.Resampling.BILINEAR)
    return ImageOps.colorize(ramp, top, bottom, middle)


def _png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
