"""What is written: documents, tables and paths to stdout, words to stderr."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._invocation import Invocation
from ._process import streams

if TYPE_CHECKING:
    from rich.table import Table

    from weryai import Model, Result

EMPTY = (
    "an empty cell: the registry does not say; leave --resolution and --audio out there, as the"
    " model may refuse them"
)
ONE_LINE = 1_000_000  # columns, more than any row has


def document(data: Any) -> None:
    """One JSON document. ASCII alone, so that no terminal or pipe can refuse it."""
    print(_json(data))


def _json(data: Any, ascii_alone: bool = True) -> str:
    import json  # now: only a document needs it, and help does not

    return json.dumps(data, indent=2, ensure_ascii=ascii_alone)


def listing(name: str, items: Iterable[Any]) -> None:
    """One JSON document with a list, which may be long: kept in a file until it is whole."""
    import tempfile  # now: only a list needs it, and help does not

    with tempfile.TemporaryFile("w+", encoding="ascii") as whole:
        comma = ""
        for item in items:
            whole.write(f"{comma}\n{textwrap.indent(_json(item), '    ')}")
            comma = ","
        whole.write("\n  " if comma else "")
        whole.seek(0)
        sys.stdout.write(f'{{\n  "{name}": [')
        shutil.copyfileobj(whole, sys.stdout)
        print("]\n}")


def paths(found: Iterable[Path]) -> None:
    """The files, one a line, in the very bytes that the system knows them by: `xargs` and `read`
    give them back to it, whatever encoding the terminal has."""
    sys.stdout.flush()
    buffer = getattr(sys.stdout, "buffer", None)
    for path in found:
        if buffer is None:
            print(path)
        else:
            buffer.write(os.fsencode(path) + b"\n")
            buffer.flush()


def say(*lines: str) -> None:
    """Words for a person. An indented line is never wrapped: it may be there to be copied."""
    width = shutil.get_terminal_size().columns if sys.stderr.isatty() else ONE_LINE
    for line in map(clean, "\n".join(lines).split("\n")):
        if len(line) > width and not line.startswith(" "):
            line = textwrap.fill(
                line, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
            )
        print(line, file=sys.stderr, flush=True)


def clean(text: str) -> str:
    """Without control characters: what a service wrote must not drive a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def finish(run: Invocation) -> None:
    """What a command about a job leaves behind: its document, its files or its states."""
    if run.json:
        document(run.document())
    elif run.files is None and run.result is not None:
        states(run.result)
        if run.result.videos:
            say("to fetch the videos:", f"  {run.again('download')}")


def payload(data: Any) -> None:
    """JSON for a person, in the characters that the terminal has."""
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    print(_json(data, ascii_alone=not unicode))


def listen(verbose: bool) -> None:
    """Let the library speak: to the progress line, and with -v to stderr."""
    log = logging.getLogger("weryai")
    log.setLevel(logging.DEBUG if verbose else logging.INFO)
    log.handlers = [handler for handler in log.handlers if not isinstance(handler, _Handler)]
    if verbose:
        log.addHandler(_Handler())


def warn() -> None:
    """Let its warnings be seen without -v too: where nothing else tells of them."""
    log = logging.getLogger("weryai")
    if not any(isinstance(handler, _Handler) for handler in log.handlers):
        log.addHandler(_Handler(logging.WARNING))


class _Handler(logging.Handler):
    """Writes to whatever stderr is at the time: above the progress line while there is one."""

    def emit(self, record: logging.LogRecord) -> None:
        say(self.format(record))


def counted(number: int, thing: str) -> str:
    """`1 task`, `2 tasks`."""
    return f"{number} {thing}{'s' * (number != 1)}"


def summary(result: Result) -> str:
    """`2 tasks: 1 succeeded, 1 processing`."""
    states = Counter(task.state for task in result.tasks)
    if len(result.tasks) == 1:
        return f"1 task: {next(iter(states))}"
    listed = ", ".join(f"{number} {state}" for state, number in states.items())
    return f"{len(result.tasks)} tasks: {listed}"


def states(result: Result) -> None:
    """A table of the tasks of a job."""
    rows = []
    for task in result.tasks:
        made = counted(len(task.videos), "video") if task.videos else ""
        rows.append((task.id, task.state, task.reason if task.failed else made))
    table(("TASK", "STATE", "RESULT"), rows)


def models(found: Iterable[Model]) -> None:
    """A table of the models and what the options of `generate` may be with each."""
    rows = [
        (
            model.key,
            spans(model.durations),
            " ".join(model.aspect_ratios),
            " ".join(model.resolutions),
            known(model.upload_image_limit),
            known(model.has_generate_audio),
        )
        for model in found
    ]
    table(("MODEL", "SECONDS", "ASPECT RATIO", "RESOLUTION", "IMAGES", "AUDIO"), rows)
    if not all(map(all, rows)) and not streams.fault(sys.stdout):
        say(EMPTY)


def known(value: int | bool | None) -> str:
    """A number, yes or no, or nothing where the registry does not say."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def spans(numbers: Sequence[int]) -> str:
    """`4-15` for neighbours, `5 10` for others."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return " ".join(
        f"{span[0]}-{span[-1]}" if len(span) > 2 else " ".join(map(str, span)) for span in found
    )


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table: as wide as the terminal, and in a pipe one plain line for each row."""
    if not sys.stdout.isatty():
        print("\n".join(_lines(headers, rows)))
        return
    from rich.console import Console

    Console().print(_grid(headers, rows))


def rows(headers: Sequence[str], found: Iterable[tuple[Sequence[str], Sequence[str]]]) -> None:
    """A table of rows that each have more to say: on a terminal in lines below, which are not
    wrapped, so that they can be copied; in a pipe behind the last cell."""
    cells, more = [], []
    below = sys.stdout.isatty()
    for row, words in found:
        whole = ": ".join(filter(None, (row[-1], " ".join(words))))
        cells.append(row if below else (*row[:-1], whole))
        more.append([f"  {clean(each)}" for each in words] if below else [])
    head, *lines = _lines(headers, cells)
    print(head)
    for line, words in zip(lines, more, strict=True):
        print("\n".join([line, *words]))


def _lines(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A plain line for each row, however long."""
    from rich.cells import cell_len  # and not its tables: to load these takes longer than to list

    lines = [[*headers], *([clean(cell) for cell in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    ]


def _grid(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for header in headers:
        grid.add_column(header, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(clean(cell)) for cell in row))
    return grid
