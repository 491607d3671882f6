"""Say what the contract and the Python names ask of those who upgrade, and which version it takes.

Compares openapi/weryai.yaml and the public names of the working tree with those at a git ref.
Schemas are compared by the values they hold, not by their text.
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from textwrap import fill
from typing import NamedTuple

import documents
import yaml
from changes import names, operations, surface
from changes.findings import BREAKING, COMPATIBLE, DOCS, LEVELS, UNKNOWN, Finding, worst
from changes.schemas import Dangling, Schema

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = "openapi/weryai.yaml"
WIDTH = 80
CHANGELOG_WIDTH = 120
# Which of major, minor and patch goes up, before 1.0 and from then on.
BUMPS = {BREAKING: (1, 0), UNKNOWN: (1, 0), COMPATIBLE: (2, 1), DOCS: (2, 2)}
LEADS = {BREAKING: "**Breaking**: ", UNKNOWN: "**Look at this**: ", COMPATIBLE: "", DOCS: ""}


class Refused(Exception):
    """There is nothing to compare; the message says what to do."""


class Comparison(NamedTuple):
    base: str
    found: list[Finding]
    unchanged: int  # operations without a finding
    version: str  # at the base
    current: str


def main(arguments: list[str] | None = None) -> int:
    options = parsed(arguments)
    try:
        done = compared(options.root, options.base or default_base(options.root))
    except Refused as error:
        print(f"breaking: {error}", file=sys.stderr)
        return 2
    lines = changelog(done) if options.changelog else report(done)
    print("\n".join(lines) or "Nothing that users notice.")
    bad = any(each.level in (BREAKING, UNKNOWN) for each in done.found)
    return 1 if bad and options.fail else 0


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "base", nargs="?", metavar="BASE", help="a git ref; else the newest tag or first contract"
    )
    parser.add_argument("--fail", action="store_true", help="exit 1 if breaking or unknown")
    parser.add_argument("--changelog", action="store_true", help="print a draft for CHANGELOG.md")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def compared(root: Path, base: str) -> Comparison:
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder)
        check_out(root, base, old)
        try:
            found, unchanged = operations.compare(contract(old), contract(root))
        except Dangling as error:
            raise Refused(f"{error}; `make lint` says where") from error
        found += surface.compare(names.read(old), names.read(root))
        return Comparison(base, found, unchanged, version_of(old), version_of(root))


def git(root: Path, *arguments: str) -> bytes | None:
    """What git says; None where it refuses."""
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  (no shell)
    except FileNotFoundError:
        raise Refused("git is not installed, and the old version is in its history") from None
    return None if done.returncode else done.stdout


def default_base(root: Path) -> str:
    tag = git(root, "describe", "--tags", "--abbrev=0")
    first = tag or git(root, "log", "--reverse", "--diff-filter=A", "--format=%h", "--", CONTRACT)
    if not first:
        raise Refused(f"no commit has {CONTRACT}; run it in a clone of the repository")
    return first.decode().split()[0]


def check_out(root: Path, base: str, folder: Path) -> None:
    """Write the version at `base` to `folder`, beside the working tree and without touching it."""
    commit = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    packed = commit and git(root, "archive", "--format=zip", commit.decode().strip())
    if not packed:
        raise Refused(f"{base} is no commit here; `git tag` and `git log` list what there is")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(folder)
    if not (folder / CONTRACT).is_file():
        raise Refused(f"{base} has no {CONTRACT}; name a later commit")


def contract(root: Path) -> Schema:
    try:
        found = read((root / CONTRACT).read_text())
    except (OSError, yaml.YAMLError):
        found = None
    if not isinstance(found, dict):
        raise Refused(f"{CONTRACT} cannot be read as YAML; `make lint` says why")
    return found


read = cache(documents.read)  # both versions are often the same


def version_of(root: Path) -> str:
    file = root / "pyproject.toml"
    if not file.is_file():
        return "0.0.0"
    return str(tomllib.loads(file.read_text())["project"]["version"])


def next_version(version: str, level: str) -> str:
    parts = [*(int(part) for part in re.findall(r"\d+", version)), 0, 0][:3]
    place = BUMPS[level][parts[0] > 0]
    return ".".join(map(str, [*parts[:place], parts[place] + 1, *[0] * (2 - place)]))


def report(done: Comparison) -> Iterator[str]:
    if not done.found:
        yield f"Nothing changed since {done.base}."
        return
    counts = dict.fromkeys(reversed(LEVELS), 0)
    for subject in dict.fromkeys(each.subject for each in done.found):
        told = [each for each in done.found if each.subject == subject]
        yield f"{subject}: {worst(each.level for each in told)}"
        for level in counts:
            for text in merged(each for each in told if each.level == level):
                yield wrapped(f"  {level:<11} ", text)
                counts[level] += 1
        yield ""
    summary = ", ".join(f"{count} {level}" for level, count in counts.items())
    yield wrapped("", f"{summary}; {done.unchanged} operations unchanged since {done.base}.")
    yield from advice(done)


def advice(done: Comparison) -> Iterator[str]:
    level = worst((each.level for each in done.found), DOCS)
    yield f"Version: {done.version} -> {next_version(done.version, level)} ({level})."
    if level == UNKNOWN:
        known = worst((each.level for each in done.found if each.level != UNKNOWN), DOCS)
        yield f"If all that is unknown is harmless: {next_version(done.version, known)}."
    if done.current != done.version:
        yield f"pyproject.toml says {done.current} by now."


def merged(found: Iterable[Finding]) -> Iterator[str]:
    """One line for the same change of the same field at several places."""
    groups: dict[tuple[str, str], list[str]] = {}
    for each in found:
        groups.setdefault((re.split(r"[. ]", each.place)[-1], each.what), []).append(each.place)
    for (_, what), places in groups.items():
        # `results.Job.name` is `Job.name` over again.
        own = [one for one in places if not any(one.endswith(f".{other}") for other in places)]
        own.sort(key=len)
        more = f" and {len(own) - 1} more places" if len(own) > 3 else ""
        where = ", ".join(own[:1] if more else own) + more
        yield f"{where}: {what}" if where else what


def wrapped(label: str, text: str) -> str:
    indent = " " * len(label)
    return fill(label + text, WIDTH, subsequent_indent=indent, break_on_hyphens=False)


def changelog(done: Comparison) -> Iterator[str]:
    """Bullets for CHANGELOG.md, what breaks first; a draft, for the why is not in the diff."""
    # What the generator makes of a change of the contract is said by then.
    # Of words alone only what an open set shows is news: a model that is new, or gone.
    told = [each for each in done.found if each.level != DOCS or each.place]
    if any(each.subject not in names.PACKAGES for each in told):
        told = [each for each in told if each.subject != "weryai_api"]
    for level, lead in LEADS.items():
        for text, subjects in by_text([each for each in told if each.level == level]):
            who = ", ".join(f"`{subject}`" for subject in subjects)
            line = f"- {lead}{who}: {text}."
            yield fill(line, CHANGELOG_WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def by_text(found: list[Finding]) -> Iterator[tuple[str, list[str]]]:
    """Each change once, with every operation that has it."""
    groups: dict[str, list[str]] = {}
    for subject in dict.fromkeys(each.subject for each in found):
        for text in merged(each for each in found if each.subject == subject):
            groups.setdefault(text, []).append(subject)
    yield from groups.items()


if __name__ == "__main__":
    sys.exit(main())
