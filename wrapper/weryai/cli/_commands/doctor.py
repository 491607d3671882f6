"""`weryai doctor`: whether all that a command needs is there. Nothing is paid."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Iterator
from importlib import metadata

import typer
from attrs import frozen

import weryai
from weryai import ConfigError, WeryAIError

from .. import _output, _setup
from .._errors import exit_code
from .._explain import explain
from .._invocation import Invocation
from .._kept import places
from .._process.paths import without_password
from .._progress import Progress
from . import steps
from .options import BaseUrl, JournalFile, Json

app = typer.Typer(rich_markup_mode=None)


@frozen
class Finding:
    """What was found out about one thing; code is the exit code where something is wrong."""

    about: str
    words: str
    code: int = 0
    below: tuple[str, ...] = ()


@app.command()
def doctor(
    ctx: typer.Context,
    as_json: Json = False,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Check key, service, journal and what is installed: free. The exit code tells."""
    run = steps.begin(ctx, as_json, base_url, journal)
    with Progress(run, "looking"):
        found = [*_examined(run)]
    if as_json:
        names = ("about", "ok", "message", "details")
        told = ((each.about, not each.code, each.words, list(each.below)) for each in found)
        _output.document({"doctor": [dict(zip(names, each, strict=True)) for each in told]})
    else:
        rows = (
            (("FAILED" if each.code else "ok", each.about, each.words), each.below)
            for each in found
        )
        _output.rows(("", "WHAT", ""), rows)
    raise typer.Exit(next((each.code for each in found if each.code), 0))


def _examined(run: Invocation) -> Iterator[Finding]:
    key = _try(run, "key", _key)
    yield key
    yield _try(run, "address", lambda: _address(run))
    if not key.code:
        yield _try(run, "balance", lambda: _balance(run))
        yield _try(run, "models", lambda: _models(run))
    place = run.journal or str(places.journal_path(run.base_url))
    shown = (without_password(place),) if place != _setup.NOWHERE else ()
    yield _try(run, "journal", lambda: _journal(run, place), shown)
    yield Finding("version", f"weryai {weryai.__version__}, Python {platform.python_version()}")
    yield Finding("extras", _extras())


def _try(
    run: Invocation, about: str, look: Callable[[], str], below: tuple[str, ...] = ()
) -> Finding:
    try:
        return Finding(about, look(), 0, below)
    except WeryAIError as error:
        return Finding(about, "; ".join(explain(error, run)), exit_code(error), below)


def _key() -> str:
    if not os.environ.get("WERYAI_API_KEY", "").strip():
        raise ConfigError("WERYAI_API_KEY is not set: it comes from the WeryAI console")
    return "WERYAI_API_KEY is set"


def _address(run: Invocation) -> str:
    url = places.address(run.base_url)
    where = "--base-url" if run.base_url else "WERYAI_BASE_URL"
    return url if url == places.BASE_URL else f"{url} ({where})"


def _balance(run: Invocation) -> str:
    with _setup.make_client(run.base_url, retry_budget=0) as client:
        return f"{client.balance():.12g} credits"


def _models(run: Invocation) -> str:
    with _setup.make_client(
        run.base_url, retry_budget=0, models_file=places.models_path()
    ) as client:
        return f"{len(client.models())} in the registry"


def _journal(run: Invocation, place: str) -> str:
    if place == _setup.NOWHERE:
        return "none is kept: what a crash cuts off is lost"
    if not place.startswith(("postgresql://", "postgres://")) and not os.path.exists(place):
        return "it is made with the first job"
    with _setup.required(place, run.base_url) as kept:
        counts = kept.counts()
        number, left = sum(counts.values()), sum(1 for _ in kept.open_entries())
    return f"{_output.counted(number, 'job')}, {left} with something left to do"


def _extras() -> str:
    """Which extras are installed, and which are not."""
    needed: dict[str, list[str]] = {}
    for line in metadata.requires("weryai") or ():
        if found := re.fullmatch(r"([\w.-]+).*extra == ['\"]([\w-]+)['\"]", line):
            needed.setdefault(found[2], []).append(found[1])
    there = [extra for extra in needed if all(map(_is_there, needed[extra]))]
    missing = [extra for extra in needed if extra not in there]
    words = ", ".join(there)
    return f"{words}; not installed: {', '.join(missing)}" if missing else words


def _is_there(package: str) -> bool:
    try:
        metadata.distribution(package)
    except metadata.PackageNotFoundError:
        return False
    return True
