"""What a simulator keeps in a file, and goes on with when it is started again."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import asdict

from .._clock import RunningClock
from .._scenario import Outcome, require
from .._tasks import Accepted, SimulatedTask
from .._wire import contract

if TYPE_CHECKING:
    from .._account import Account

HEAD = {"weryai simulator": 1}


class Saved:
    """A file with a line for each event, which is there before its request is answered. A last
    line that is not whole is what a crash has left of an event that was told to nobody.

    Parameters:
        path: the file; it is made where there is none.

    Raises:
        ValueError: for a file of anything else.
        OSError: the file cannot be read.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._file = self._path.open("ab+")
        try:
            self._file.seek(0)
            self._lines = self._file.read().split(b"\n")
            if len(self._lines) == 1:
                require(self._lines == [b""], self.words("is none"))
                self._write(HEAD)
                self._lines = [json.dumps(HEAD).encode(), b""]
            require(self._parsed(1) == HEAD, self.words("is none"))
            if self._lines[-1]:
                self._file.truncate(self._file.tell() - len(self._lines[-1]))
        except BaseException:
            self._file.close()
            raise

    def events(self) -> Iterator[tuple[int, str, Any]]:
        """What happened before, in order: the number of each line, the kind and the event."""
        for number in range(2, len(self._lines)):
            told = self._parsed(number)
            require(isinstance(told, dict) and len(told) == 1, self.words(f"has line {number}"))
            for kind, event in told.items():
                yield number, kind, event
        self._lines = []

    def add(self, kind: str, event: Any) -> None:
        """Write an event down. Raises OSError."""
        self._write({kind: event})

    def close(self) -> None:
        self._file.close()

    def _write(self, document: Any) -> None:
        self._file.write(json.dumps(document).encode() + b"\n")
        self._file.flush()

    def _parsed(self, number: int) -> Any:
        try:
            return json.loads(self._lines[number - 1])
        except ValueError:
            raise ValueError(self.words(f"has line {number}")) from None

    def words(self, what: str) -> str:
        """What is wrong with the file."""
        return f"state is a file that a simulator has written, and {self._path} {what}"


def accepted(line: Accepted, tasks: list[SimulatedTask]) -> dict[str, Any]:
    """A submission with its tasks, as JSON has it."""
    told = asdict(line)
    told["base"] = tasks[0].base
    told["tasks"] = [{"videos": task.videos, "outcome": asdict(task.outcome)} for task in tasks]
    return told


def upload(name: str, content: bytes) -> dict[str, str]:
    """An upload, as JSON has it."""
    return {"name": name, "content": b64encode(content).decode()}


def resume(account: Account, path: str | os.PathLike[str]) -> None:
    """Have an account go on where a file says that it was, and write there what happens to it.

    Raises:
        ValueError: for a file of anything else.
        OSError: the file cannot be read.
    """
    saved = Saved(path)
    try:
        _restore(account, saved)
    except BaseException:
        saved.close()
        raise
    account.saved = saved


def _restore(account: Account, saved: Saved) -> None:
    notified: set[str] = set()
    for number, kind, event in saved.events():
        try:
            match kind:
                case "accepted":
                    _accept(account, event)
                case "upload":
                    account.uploads[event["name"]] = b64decode(event["content"])
                case "notified":
                    notified.update(event)
                case "turned" if isinstance(account.clock, RunningClock):
                    account.clock.advance(event)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(saved.words(f"has line {number}")) from error
    for line in account.ledger:
        left = [account.tasks[each] for each in line.task_ids if each not in notified]
        account.notify(left)


def _accept(account: Account, told: dict[str, Any]) -> None:
    told = dict(told)
    base, plans = told.pop("base"), told.pop("tasks")
    told |= {name: tuple(told[name]) for name in ("task_ids", "task_seconds")}
    line = Accepted(**told)
    operation = {each.name: each for each in contract.ALL}[line.operation]
    tasks = [
        SimulatedTask(
            task_id,
            base,
            line.batch_id,
            operation,
            line.payload,
            plan["videos"],
            line.at,
            seconds,
            Outcome(**plan["outcome"]),
        )
        for task_id, seconds, plan in zip(line.task_ids, line.task_seconds, plans, strict=True)
    ]
    account.enter(line, tasks)
