"""`make demo`: the whole way from two images to a video, through the simulator, in seconds."""

from __future__ import annotations

import os
import shlex
import sys
import time
from pathlib import Path

from . import _output, main
from ._errors import UsageError, needs
from ._invocation import Invocation
from ._process import streams
from ._report import report
from .simulate import make_simulator, serving

OUT = Path("out")
SIZE = (854, 480)
TASK_SECONDS = 2.3  # done when the client looks for the second time


def demo(out: Path = OUT) -> int:
    """Run `weryai generate` against a simulator of our own. Returns the exit code."""
    started = time.monotonic()
    try:
        with needs("cli,testing"):
            from . import _main  # noqa: F401 # told here, before anything is drawn

            simulator = make_simulator(task_seconds=TASK_SECONDS)
        images = draw(out)
    except UsageError as error:
        return report(error, Invocation())
    with simulator, serving(simulator) as (url, _):
        _output.say(
            f"A simulated WeryAI is running on {url}; nothing costs anything.",
            f"Two images are drawn: {images[0]}, {images[1]}",
            "",
        )
        os.environ |= {
            "WERYAI_API_KEY": simulator.api_key,
            "WERYAI_BASE_URL": url,
            "WERYAI_JOURNAL": "none",
        }
        code = main(show(command(images, out)))
        cost = sum(line.credits for line in simulator.ledger)
    if code == 0:
        seconds = time.monotonic() - started
        _output.say(
            "",
            f"That took {seconds:.0f} s and {cost:g} make-believe credits. The video is above.",
            "With a real key in WERYAI_API_KEY the same command is paid, and makes the film.",
        )
    return code


def draw(out: Path) -> list[Path]:
    """Two sample images on disk. Raises UsageError where they cannot be written."""
    from weryai.testing import sample

    images = [out / "sunrise.png", out / "night.png"]
    try:
        out.mkdir(parents=True, exist_ok=True)
        for image in images:
            image.write_bytes(sample(image.stem, SIZE))
    except OSError as error:
        raise UsageError(f"the images cannot be written: {error}") from error
    return images


def command(images: list[Path], out: Path) -> list[list[str]]:
    """The arguments, a list for each line that is shown."""
    return [
        ["generate", *map(str, images)],
        ["--prompt", "The sun sets and the stars come out", "--model", "KLING_O1"],
        ["--aspect-ratio", "16:9", "--duration", "5", "--out", str(out)],
    ]


def show(lines: list[list[str]]) -> list[str]:
    """Print a command as one would type it, and return its arguments."""
    _output.say("$ weryai " + " \\\n    ".join(map(shlex.join, lines)))
    return [word for line in lines for word in line]


if __name__ == "__main__":
    with streams.guarded():
        sys.exit(demo())
