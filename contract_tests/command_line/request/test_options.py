"""The options of a request are those of its class: a field and an endpoint come with no edit here.

Some of the requests of this file are made up: what no endpoint takes yet is asked for rightly too.
"""

# Without `from __future__ import annotations`: how a field is checked follows from its annotation.
import contextlib
import inspect
import re

import attrs
import pytest
import typer

from contract_tests.command_line.invoke import FIVE, HTTPS, REQUEST, Cli, environment, process
from contract_tests.support.contract import PLACES
from weryai import (
    REQUESTS,
    FirstLastFrameToVideo,
    ImageToVideo,
    InvalidRequestError,
    MultiImageToVideo,
)
from weryai.cli._commands.asking import with_request
from weryai.cli._commands.paying import generate, submit
from weryai.cli._commands.request_options import Kinds, taken
from weryai.cli._errors import UsageError
from weryai.cli._operations import KINDS
from weryai.requests import Image, VideoRequest
from weryai.requests._base import checked_by
from weryai.testing import Simulator
from weryai_api.limits import MULTI_IMAGE_TO_VIDEO_REQUEST as BODY
from weryai_api.limits import Limits

ALL = [*REQUEST, *FIVE]


def body(*required: str, **fields: Limits) -> Limits:
    """The limits of the usual request, and of some fields more."""
    fields = {**BODY.fields, **fields}
    return attrs.evolve(BODY, fields=fields, required=(*BODY.required, *required))


@checked_by(
    body(
        "image",
        "camera_path",
        camera_path=Limits(kind="string", enum=("still", "round")),
        seed=Limits(kind="integer", least=0),
        loop=Limits(kind="boolean"),
    )
)
@attrs.frozen(kw_only=True)
class Staged(VideoRequest):
    """Made up.

    Parameters:
        image: what it begins with.
        camera_path: `still` or `round`. More is told of it here.
        seed: the same number makes nearly
            the same video.
        loop: whether it ends as it begins.
    """

    image: Image
    camera_path: str
    seed: int | None = None
    loop: bool | None = None


MADE_UP: Kinds = {**KINDS, "staged": Staged}


def asked(kinds: Kinds, *argv: str) -> VideoRequest | None:
    """What a command for these kinds of requests is given."""
    requests: list[VideoRequest] = []

    def run(ctx: typer.Context, request: VideoRequest, again: bool = False) -> None:
        requests.append(request)

    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    app.command()(with_request(run, kinds))
    command = typer.main.get_command(app)
    with contextlib.suppress(typer.Exit), command.make_context("weryai", [*argv]) as context:
        command.invoke(context)
    return next(iter(requests), None)


def test_a_field_of_a_class_is_an_option_with_its_type_and_its_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    options = ["--camera-path", "round", "--seed", "7", "--no-loop"]
    request = asked({"staged": Staged}, HTTPS, *ALL, *options)
    assert isinstance(request, Staged)
    given = {"image": HTTPS, "camera_path": "round", "seed": 7, "loop": False}
    assert request.payload().items() >= given.items()
    asked({"staged": Staged}, "--help")
    rows = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "IMAGES... What it begins with. Required." in rows
    assert "--camera-path TEXT `still` or `round`. Required." in rows
    assert "--seed N The same number makes nearly the same video." in rows
    assert "--loop / --no-loop Whether it ends as it begins." in rows


def test_faults_of_any_field_are_told_at_once() -> None:
    options = ["--camera-path", "flat", "--seed", "5.5", "--prompt", ""]
    with pytest.raises(InvalidRequestError) as raised:
        asked({"staged": Staged}, HTTPS, *ALL, *options)
    assert [fault.split()[0] for fault in raised.value.faults] == ["camera_path", "seed", "prompt"]


def test_an_option_says_which_endpoints_it_is_for_where_not_all_take_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked(MADE_UP, "--help")
    text = " ".join(capsys.readouterr().out.split())
    assert "10 MB, or https addresses of such images. Required, or --first and --last. " in text
    assert "or an https address. For first-last-image-to-video. --last IMAGE The last" in text
    assert "nearly the same video. For staged. --loop / --no-loop Whether" in text
    assert "Such as `480p` or `720p`. --audio" in text
    assert "--endpoint NAME One of those below, instead of the first that takes what is" in text


def test_the_endpoints_are_listed_with_what_is_their_own(cli: Cli) -> None:
    listed = (
        "  Endpoints:\n"
        "    multi-image-to-video       IMAGES\n"
        "    image-to-video             one image\n"
        "    first-last-image-to-video  --first, --last\n"
    )
    for command in ("generate", "submit", "models"):
        assert cli(command, "--help").out.endswith(listed)


@pytest.mark.parametrize("columns", ["50", "80", "200"])
def test_the_help_fits_a_terminal_of_any_width(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for command in ("generate", "submit"):
        lines = cli(command, "--help").out.partition("Such as:")[0].splitlines()
        assert len(lines) > 20
        assert max(map(len, lines)) <= int(columns)


def test_without_docstrings_the_help_is_shorter_and_everything_works() -> None:
    for command in ("generate", "submit"):
        ended = process(command, "--help", env=environment(PYTHONOPTIMIZE="2"))
        assert (ended.returncode, ended.stderr) == (0, "")
        assert re.search(r"--prompt TEXT +Required\.\n", ended.stdout)


def test_every_field_of_every_class_can_be_given_to_both_commands() -> None:
    assert [*KINDS.values()] == [*REQUESTS.values()]
    for command in (generate, submit):
        options = inspect.signature(command).parameters
        for kind in KINDS.values():
            fields = {field.name for field in attrs.fields(kind)}
            assert {each.name for each in taken(kind).values()} == fields
            assert taken(kind).keys() <= options.keys()


def test_an_endpoint_is_called_by_the_last_part_of_its_path() -> None:
    paths = [PLACES[operation][0] for operation in REQUESTS]
    assert [path.rpartition("/")[2] for path in paths] == [*KINDS]


TWO = [HTTPS, "https://example.com/b.jpg"]
FIRST, LAST = ["--first", HTTPS], ["--last", HTTPS]
STILL = ["--camera-path", "still"]


@pytest.mark.parametrize(
    ("argv", "kind"),
    [
        ([HTTPS], MultiImageToVideo),
        (TWO, MultiImageToVideo),
        ([HTTPS, "--endpoint", "multi-image-to-video"], MultiImageToVideo),
        ([HTTPS, "--endpoint", "image-to-video"], ImageToVideo),
        ([HTTPS, *STILL], Staged),
        ([HTTPS, *STILL, "--endpoint", "staged"], Staged),
        ([*FIRST, *LAST], FirstLastFrameToVideo),
        ([*FIRST, *LAST, "--endpoint", "first-last-image-to-video"], FirstLastFrameToVideo),
    ],
)
def test_the_request_is_the_first_that_takes_what_is_given_or_the_one_that_is_named(
    argv: list[str], kind: type[VideoRequest]
) -> None:
    request = asked(MADE_UP, *argv, *ALL)
    assert request is not None
    assert type(request) is kind
    assert request == kind(**request.payload())


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ([], "missing: IMAGES, --prompt, --model, --aspect-ratio, --duration"),
        (ALL, "missing: IMAGES"),
        ([*FIRST, *ALL], "missing for first-last-image-to-video: --last"),
        ([*LAST, *ALL], "missing for first-last-image-to-video: --first"),
        ([*ALL, "--endpoint", "image-to-video"], "missing for image-to-video: IMAGES"),
        ([HTTPS, *ALL, "--endpoint", "image"], "image is none of multi-image-to-video, image-to-"),
        (
            [HTTPS, *FIRST, *LAST, *ALL],
            "IMAGES (multi-image-to-video or image-to-video) and --first, --last"
            " (first-last-image-to-video) do not go together: leave one of them out",
        ),
        (
            [HTTPS, *LAST, *ALL],
            "IMAGES (multi-image-to-video or image-to-video) and --last (first-last-image-to-",
        ),
        (
            [HTTPS, *FIRST, *LAST, *ALL, "--endpoint", "image-to-video"],
            "--endpoint image-to-video and --first, --last (first-last-image-to-video) do not go",
        ),
        (
            [HTTPS, *ALL, "--endpoint", "first-last-image-to-video"],
            "--endpoint first-last-image-to-video and IMAGES (multi-image-to-video or image-to-",
        ),
        (
            [*TWO, *ALL, "--endpoint", "image-to-video"],
            "image-to-video takes one image, not 2: give one, or --endpoint multi-image-to-video",
        ),
    ],
)
def test_nothing_is_switched_silently(
    cli: Cli, simulator: Simulator, argv: list[str], words: str
) -> None:
    for command in ("generate", "submit"):
        for more in ([], ["--dry-run"]):
            refused = cli(command, *argv, *more)
            assert (refused.code, refused.out) == (2, "")
            assert words in refused.err
            assert refused.err.endswith(f"try: weryai {command} --help\n")
            assert words in cli(command, *argv, *more, "--json").error["message"]
    assert not simulator.received


def test_an_option_that_no_other_takes_decides_and_goes_with_what_its_own_takes() -> None:
    with pytest.raises(UsageError, match="staged takes one image, not 2: give one, or --endpoint"):
        asked(MADE_UP, *TWO, *STILL, *ALL)
    with pytest.raises(UsageError, match=r"--first \(first-.*\) and --camera-path \(staged\) do"):
        asked(MADE_UP, *FIRST, *STILL, *ALL)
