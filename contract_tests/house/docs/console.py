"""Runs the console blocks of a page in one shell, and compares what they show.

A command begins behind `$ ` and goes on behind `> ` or after a backslash. What is shown below it
has to come word for word, but for `...` (any text; on a line of its own any lines), times, and ids:
an id that stands twice in a page is the same id here, in later commands too. A command with nothing
below it may say what it likes. Each has to succeed, unless `$ echo $?` is the next one.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from typing import Any

from attrs import field, frozen
from sybil import Example

from contract_tests.support.run import forked

ID = r"\btask_[0-9a-f]{16}\b|\b[0-9a-f]{12}\b"
TIME = r"[A-Z][a-z]{2} \d\d \d\d:\d\d"
VARYING = re.compile(rf"(?m:^\.\.\.\n)|\.\.\.|{TIME}|{ID}")
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
SERVERS = ("weryai simulate", "weryai listen")
READY = re.compile(r"^export WERYAI_BASE_URL=|receives webhooks")  # the last that they say at first
END = "--- the command ended with"
TOGETHER: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}


@frozen
class Command:
    """A command of a block, and what is shown below it."""

    line: str
    shown: str


def commands(source: str) -> list[Command]:
    """The commands of a block. Raises ValueError where it begins with anything else."""
    found: list[tuple[list[str], list[str]]] = []
    for line in source.splitlines():
        if line.startswith("$ "):
            found.append(([line[2:]], []))
            continue
        if not found:
            raise ValueError(f"a console block begins with `$ `, and not with {line!r}")
        words, shown = found[-1]
        if not shown and (line.startswith("> ") or words[-1].endswith("\\")):
            words.append(line.removeprefix("> "))
        else:
            shown.append(f"{line}\n")
    return [Command("\n".join(words), "".join(shown)) for words, shown in found]


def same(shown: str, said: str, names: dict[str, str]) -> bool:
    """Whether a command said what is shown; `names` learns which ids of the page are which here."""
    groups: dict[str, str] = {}
    parts, last = [], 0
    for found in VARYING.finditer(shown):
        parts += [re.escape(shown[last : found.start()]), _varying(found[0], names, groups)]
        last = found.end()
    found_all = re.fullmatch("".join([*parts, re.escape(shown[last:])]), said)
    if found_all:
        names |= {name: found_all[group] for name, group in groups.items()}
    return found_all is not None


def _varying(text: str, names: dict[str, str], groups: dict[str, str]) -> str:
    """The expression for what varies; `groups` gets the group of an id that is new."""
    if text.startswith("..."):
        return r"(?:.*\n)*?" if text.endswith("\n") else ".*?"
    if not re.fullmatch(ID, text):
        return TIME
    if text in names:
        return re.escape(names[text])
    if text in groups:
        return f"(?P={groups[text]})"
    groups[text] = f"id{len(groups)}"
    return f"(?P<{groups[text]}>{ID})"


def started() -> subprocess.Popen[str]:
    """A shell that reads commands."""
    return subprocess.Popen(["sh"], stdin=subprocess.PIPE, **TOGETHER)


@frozen
class Shell:
    """A shell in the current folder, with the environment of this process.

    Parameters:
        url: the address that is told of a simulator which a page starts.
        names: the ids of the page, and which they are here.
    """

    url: str
    names: dict[str, str] = field(factory=dict)
    _process: subprocess.Popen[str] = field(init=False, factory=started)

    def evaluate(self, example: Example) -> str | None:
        """Run a block, as an evaluator of sybil: what is wrong with it, None if nothing is."""
        block = commands(example.parsed)
        for command, following in zip(block, [*block[1:], None], strict=True):
            line = re.sub(ID, lambda found: self.names.get(found[0], found[0]), command.line)
            run = self._serve if line.startswith(SERVERS) else self._run
            said, code = run(line)
            if code and (following is None or following.line != "echo $?"):
                return f"$ {line}\n{said}ended with {code}"
            if command.shown and not same(command.shown, said, self.names):
                return f"$ {line}\n{said}and the page shows\n{command.shown}"
        return None

    def close(self) -> None:
        """End the shell."""
        self._process.communicate()

    def _run(self, line: str) -> tuple[str, int]:
        """What a command said on both streams, and its exit code."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        # A command finds the code of the one before in `$?`, and nothing on its stdin.
        stdin.write(f"{{ (exit ${{code:-0}})\n{line}\n}} </dev/null\ncode=$?\n")
        stdin.write(f"printf '\\n{END} %s\\n' $code\n")
        stdin.flush()
        said = ""
        for each in stdout:
            if each.startswith(END):
                text = said.rstrip("\n")
                return f"{text}\n" if text else "", int(each.split()[-1])
            said += each
        return said, self._process.wait()

    def _serve(self, line: str) -> tuple[str, int]:
        """See a server start as the page says, but on a port that is free, and end it."""
        _, *arguments = shlex.split(line, comments=True)
        arguments = [sys.executable, "-m", "weryai.cli", *arguments, "--port", "0"]
        said = ""
        with forked.Popen(arguments, load=forked.SERVERS, **TOGETHER) as served:
            for each in served.stdout or ():
                said += ADDRESS.sub(self.url, each)
                if READY.search(each):
                    served.terminate()
                    return said, 0
        return said, served.returncode
