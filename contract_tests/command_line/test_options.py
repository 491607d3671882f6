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
from weryai import REQUESTS, InvalidRequestError, MultiImageToVideo
from weryai.cli._commands.asking import with_request
from weryai.cli._commands.paying import generate, submit
from weryai.cli._commands.request_options import Kinds, taken
from weryai.cli._errors import UsageError
from weryai.cli._operations import KINDS
from weryai.requests import Image, VideoRequest
from weryai.requests._base import checked_by
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


@checked_by(body("first_pic_url", "end_pic_url"))
@attrs.frozen(kw_only=True)
class Framed(VideoRequest):
    """Made up.

    Parameters:
        first_pic_url: what it begins with.
        end_pic_url: what it ends with.
    """

    first_pic_url: Image
    end_pic_url: Image


MADE_UP: Kinds = {"usual": MultiImageToVideo, "staged": Staged, "framed": Framed}


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
    assert "10 MB, or https addresses of such images. Required for usual and staged." in text
    assert "--first IMAGE What it begins with. Required for framed. --last IMAGE What" in text
    assert "--seed N The same number makes nearly the same video. Only for staged." in text
    assert "Such as `480p` or `720p`. --audio" in text
    assert "--endpoint NAME Instead of the first that takes what is given: usual, staged," in text


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
            fields = {each.name for each in attrs.fields(kind)}
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
        ([*TWO, "--endpoint", "usual"], MultiImageToVideo),
        ([HTTPS, *STILL], Staged),
        ([HTTPS, *STILL, "--endpoint", "staged"], Staged),
        ([*FIRST, *LAST], Framed),
        ([*FIRST, *LAST, "--endpoint", "framed"], Framed),
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
        ([*FIRST, *ALL], "missing for framed: --last"),
        ([*LAST, *ALL], "missing for framed: --first"),
        ([HTTPS, *ALL, "--endpoint", "staged"], "missing for staged: --camera-path"),
        ([HTTPS, *ALL, "--endpoint", "stage"], "stage is none of usual, staged, framed"),
        (
            [HTTPS, *FIRST, *LAST, *ALL],
            "IMAGES (usual or staged) and --first, --last (framed) do not go together: leave one",
        ),
        (
            [*FIRST, *STILL, *ALL],
            "--first (framed) and --camera-path (staged) do not go together: leave one of them",
        ),
        (
            [HTTPS, *ALL, "--endpoint", "framed"],
            "--endpoint framed and IMAGES (usual or staged) do not go together: leave one of them",
        ),
        (
            [*TWO, *STILL, *ALL],
            "staged takes one image, not 2: give one, or --endpoint usual",
        ),
    ],
)
def test_nothing_is_switched_silently(argv: list[str], words: str) -> None:
    with pytest.raises((UsageError, typer.TyperException)) as raised:
        asked(MADE_UP, *argv)
    assert words in str(raised.value)
