"""Agents submit, and the servers of their tools are killed: what was paid is counted by the ledger.

Exits with 1 where something was paid twice, more was paid than agents may spend, or an id that was
told is not known any more.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import anyio
from attrs import define, evolve, field, frozen

from contract_tests.agents.conftest import REQUEST
from contract_tests.chaos.service import LONGEST, SUBMIT
from contract_tests.command_line.invoke import environment
from contract_tests.support.run import forked
from contract_tests.support.run.reports import keep
from weryai import SystemClock
from weryai.cli.simulate import serving
from weryai.testing import Simulator

HELLO = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "killing", "version": "1"},
}
SOON = 0.1  # seconds until an agent repeats what it was told to repeat
TRIES = 200  # of one submission, until it has an end
DURATIONS = (10, 5, 5)  # seconds of video, and as many credits
CREDITS = 5  # for each submission: less than they cost, so that the cap is reached


@define
class Service:
    """A simulator that takes its time around each submission, and counts what arrives."""

    simulator: Simulator
    dice: random.Random
    arrived: Counter[int] = field(factory=Counter)  # by caller_id

    @property
    def app(self) -> Any:
        return self

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope.get("path") != SUBMIT:
            await self.simulator.app(scope, receive, send)
            return
        messages = [await receive()]
        while messages[-1].get("more_body"):
            messages.append(await receive())
        body = b"".join(each.get("body", b"") for each in messages)
        self.arrived[json.loads(body)["caller_id"]] += 1
        left = iter(messages)

        async def again() -> Any:
            return next(left, None) or await receive()

        async def slowly(message: Any) -> None:
            await anyio.sleep(self.dice.uniform(0, LONGEST / 2))
            await send(message)

        await anyio.sleep(self.dice.uniform(0, LONGEST))
        await self.simulator.app(scope, again, slowly)


class Server:
    """The process of an agent's tools, and what it has answered."""

    def __init__(self, address: str, folder: Path, cap: float) -> None:
        ours, wire = socket.socketpair()
        argv = [sys.executable, "-m", "weryai.cli", "mcp", "--out", str(folder / "videos")]
        argv += ["--journal", str(folder / "jobs.journal"), "--max-credits", str(cap)]
        argv += ["--max-running", "1000000", "--submit-interval", "0"]
        settings = environment(address, XDG_CACHE_HOME=str(folder), WERYAI_REGISTRY_URL=address)
        # A fork of what has loaded all: to load it takes longer than most of them live.
        self.process = forked.Popen(argv, load=forked.AGENTS, env=settings, stdin=wire, stdout=wire)
        wire.close()
        self.lines = ours.makefile("rw")
        ours.close()
        self.number, self.heard = 0, dict[int, Any]()
        self.hear(self.say("initialize", HELLO))

    def say(self, method: str, given: dict[str, Any]) -> int:
        self.number += 1
        message = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": given}
        self.lines.write(json.dumps(message) + "\n")
        self.lines.flush()
        return self.number

    def hear(self, number: int) -> Any:
        """The answer to a message. Raises EOFError where the server has ended."""
        while number not in self.heard:
            line = self.lines.readline()
            if not line:
                raise EOFError
            message = json.loads(line)
            self.heard[message.get("id")] = message.get("result")
        return self.heard.pop(number)

    def call(self, tool: str, **given: Any) -> dict[str, Any]:
        message = {"name": tool, "arguments": given}
        return cast(dict[str, Any], self.hear(self.say("tools/call", message)))

    def end(self) -> None:
        """Kill it, as a crash does, if it lives."""
        self.process.kill()
        self.process.wait()
        with suppress(OSError):
            self.lines.close()


@define
class Agents:
    """What all agents were told, by the number of the submission."""

    address: str
    folder: Path
    dice: random.Random
    rate: float
    cap: float
    kills: int = 0
    told: dict[int, str] = field(factory=dict)
    unknown: set[int] = field(factory=set)
    refused: set[int] = field(factory=set)
    odd: list[str] = field(factory=list)
    lock: threading.Lock = field(factory=threading.Lock)

    def work(self, numbers: Sequence[int]) -> None:
        """One agent: it repeats each submission until it has an end, whatever happens to it."""
        server = None
        try:
            for number in numbers:
                for _ in range(TRIES):
                    server = server or Server(self.address, self.folder, self.cap)
                    try:
                        if self._ended(number, self._submit(server, number)):
                            break
                        time.sleep(SOON)
                    except (EOFError, OSError):
                        server.end()
                        server = None
                else:
                    self.odd.append(f"{number} has no end")
        finally:
            if server:
                server.end()

    def _submit(self, server: Server, number: int) -> dict[str, Any]:
        """Submit, perhaps twice at once, and perhaps kill the server meanwhile."""
        asked = {
            "request": REQUEST | {"caller_id": number, "duration": DURATIONS[number % 3]},
            "idempotency_key": str(number),
            "confirm": True,
        }
        call = {"name": "submit", "arguments": asked}
        calls = [server.say("tools/call", call) for _ in range(self.dice.choice((1, 1, 2)))]
        if self.dice.random() < self.rate:
            time.sleep(self.dice.uniform(0, 3 * LONGEST))
            self.kills += 1
            server.process.kill()
        first, *_ = [server.hear(each) for each in calls]
        return cast(dict[str, Any], first)

    def _ended(self, number: int, said: dict[str, Any]) -> bool:
        """Whether this is how a submission has ended."""
        words = said["content"][0]["text"]
        with self.lock:
            if not said.get("isError"):
                told = said["structuredContent"]
                if told["state"] == "sending":
                    return False
                if self.told.setdefault(number, told["job"]) != told["job"]:
                    self.odd.append(f"{number} is two jobs")
            elif "not yet, as" in words:  # it would wait for its turn
                return False
            elif "fate is not known" in words:
                self.unknown.add(number)
            elif "are spent or reserved" in words:
                self.refused.add(number)
            else:
                self.odd.append(words)
        return True


@frozen
class Figures:
    """What is printed, and judged."""

    asked: int
    kills: int
    told: int
    paid: int
    twice: int
    unknown: int
    unknown_paid: int
    refused: int
    spent: float
    cap: float
    forgotten: int
    odd: tuple[str, ...]
    seconds: float

    @property
    def broken(self) -> bool:
        """Whether a promise was."""
        return bool(self.twice or self.forgotten or self.odd or self.spent > self.cap)

    def __str__(self) -> str:
        rows = {
            "submissions": self.asked,
            "servers killed": self.kills,
            "told an id": self.told,
            "paid, by the ledger": self.paid,
            "sent or paid twice": self.twice,
            "told that the fate is not known": self.unknown,
            "  of which were paid": self.unknown_paid,
            "refused, to keep to the cap": self.refused,
            "credits that may be spent": f"{self.cap:g}",
            "credits spent, by the ledger": f"{self.spent:g}",
            "ids that are not known any more": self.forgotten,
            "seconds": f"{self.seconds:.0f}",
        }
        lines = [f"{name:<34} {value}" for name, value in rows.items()]
        return "\n".join([*lines, *self.odd])


def run(
    submissions: int,
    agents: int,
    rate: float,
    seed: int,
    folder: Path,
    cap: float,
    *,
    priced: bool = False,
) -> Figures:
    """Submit as often as that, every tenth by two agents at once, kill, and count.

    Parameters:
        rate: of the submissions that are hit by a kill.
        cap: credits that all agents together may spend; a submission costs 5 or 10.
        priced: whether one of each kind is paid for first, so that nobody waits for its price. One
            that was killed while it showed one is waited for for a minute.
    """
    started = time.monotonic()
    dice = random.Random(seed)
    lanes: list[list[int]] = [[] for _ in range(agents)]
    for number in range(1, submissions + 1):
        for lane in dice.sample(lanes, 2 if number % 10 == 1 and agents > 1 else 1):
            lane.append(number)
    with served(seed) as (service, address):
        work = Agents(address, folder, dice, rate, cap)
        if priced:
            evolve(work, rate=0).work([-3, -2])
        with ThreadPoolExecutor(agents) as pool:
            list(pool.map(work.work, lanes))
        paid = Counter(line.payload["caller_id"] for line in service.simulator.ledger)
        twice = {number for each in (paid, service.arrived) for number in each if each[number] > 1}
        return Figures(
            asked=submissions,
            kills=work.kills,
            told=len(work.told),
            paid=paid.total(),
            twice=len(twice),
            unknown=len(work.unknown),
            unknown_paid=len(work.unknown & paid.keys()),
            refused=len(work.refused),
            spent=sum(line.credits for line in service.simulator.ledger),
            cap=cap,
            forgotten=forgotten(work),
            odd=tuple(work.odd),
            seconds=time.monotonic() - started,
        )


def forgotten(work: Agents) -> int:
    """How many ids were told that a new server does not answer, by the key and by themselves."""
    server = Server(work.address, work.folder, work.cap)
    try:
        return sum(
            server.call("status", job=name).get("structuredContent", {}).get("job") != job
            for number, job in work.told.items()
            for name in (str(number), job)
        )
    finally:
        server.end()


@contextmanager
def served(seed: int) -> Iterator[tuple[Service, str]]:
    """Serve on loopback. Gives the service and its address."""
    simulator = Simulator(
        credits=1e9, task_seconds=3600, max_running=float("inf"), clock=SystemClock(), render=False
    )
    with simulator:
        found = Service(simulator, random.Random(seed))
        with serving(cast(Simulator, found)) as (address, _):  # all it needs is the application
            yield found, address


def command() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=1000)
    parser.add_argument("--agents", type=int, default=8)
    parser.add_argument("--rate", type=float, default=0.1, help="of submissions hit by a kill")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--max-credits", type=float, default=None, help="the cap of all agents")
    options = parser.parse_args()
    cap = CREDITS * options.submissions if options.max_credits is None else options.max_credits
    seed = random.randrange(2**32) if options.seed is None else options.seed
    with tempfile.TemporaryDirectory(prefix="weryai-agents-") as folder:
        figures = run(options.submissions, options.agents, options.rate, seed, Path(folder), cap)
    print(figures)
    keep("agents", f"seed {seed}\n{figures}")
    return 1 if figures.broken else 0


if __name__ == "__main__":
    sys.exit(command())
