"""What can be read and set while a simulator is served, on its own port: pages and forms that a
browser shows, and that `curl` asks for as well."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from math import isfinite
from typing import Any
from urllib.parse import parse_qsl

import httpx
from attrs import asdict, evolve
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from .. import _door
from .._account import ANY, Account
from .._faults import plan
from .._rules import Rules
from .._scenario import Answer, Lost, Outcome, refusal, require
from . import page
from .answers import AnswerLog

HOME = "/simulator"
SHOWN = 50  # of each list, the newest
LOST = ("paid", "not paid")


class Control:
    """The application below HOME."""

    def __init__(self, account: Account, log: AnswerLog, operations: Sequence[str]) -> None:
        self.account = account
        self.log = log
        self.operations = operations

    @functools.cached_property
    def _router(self) -> Router:
        """Made when it is needed: a simulator that is not served has nobody who asks it."""
        forms = {"faults": self.plan, "clock": self.turn, "rules": self.rule}
        return Router(
            [
                Route(HOME, self.page, methods=["GET"]),
                Route(f"{HOME}/state", self.state, methods=["GET"]),
                *(self._form(name, act) for name, act in forms.items()),
            ],
            redirect_slashes=False,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._router(scope, receive, send)

    async def state(self, _: Request) -> Response:
        return JSONResponse(self.document())

    async def page(self, request: Request) -> Response:
        """The same for people, and forms; with `live` it asks for itself again and again."""
        live = "live" in request.query_params
        text = page.page(self.document(), (ANY, *self.operations), live)
        return HTMLResponse(text, headers={"Content-Security-Policy": page.POLICY})

    def document(self) -> dict[str, Any]:
        """All that can be seen, as JSON has it: null stands for infinity."""
        account, traffic = self.account, self.account.traffic
        now, rules = account.clock.time(), asdict(account.rules)
        return {
            "now": now,
            "credits": _number(account.credits),
            "running": account.running(),
            "most_running": traffic.most_running,
            "smallest_gap": _number(traffic.asked.smallest),
            "smallest_accepted_gap": _number(traffic.accepted.smallest),
            "received": traffic.count,
            "accepted": len(account.ledger),
            "rules": {name: _number(value) for name, value in rules.items()},
            "planned": {name: len(plans) for name, plans in account.script.items() if plans},
            "outcomes": len(account.outcomes),
            "tasks": list(islice(self._tasks(now), SHOWN)),
            "ledger": [asdict(line) for line in islice(reversed(account.ledger), SHOWN)],
            "requests": self.log.documents()[:SHOWN],
        }

    def plan(self, fields: Mapping[str, str]) -> None:
        """Plan a fault so many times. Raises ValueError."""
        asked = [name for name in FAULTS if name in fields]
        require(len(asked) == 1, f"one of {', '.join(FAULTS)} is needed, not {len(asked)}")
        unknown = {*fields} - {*FAULTS, "operation", "times"}
        require(not unknown, f"not known: {', '.join(sorted(unknown))}")
        operation, times = fields.get("operation", ANY), _whole("times", fields.get("times", "1"))
        fault = FAULTS[asked[0]](fields[asked[0]])
        plan(self.account, self.operations, fault, times, operation)

    def turn(self, fields: Mapping[str, str]) -> None:
        """Let time pass. Raises ValueError."""
        seconds = float(fields.get("seconds", "nan"))
        require(isfinite(seconds) and seconds >= 0, "seconds is a number, 0 or more")
        advance: Callable[[float], None] | None = getattr(self.account.clock, "advance", None)
        require(advance is not None, "this clock cannot be turned")
        if advance:
            advance(seconds)
            if self.account.saved:
                self.account.saved.add("turned", seconds)

    def rule(self, fields: Mapping[str, str]) -> None:
        """Set how the service deals with everybody. Raises ValueError."""
        known = list(asdict(self.account.rules))
        unknown = [name for name in fields if name not in known]
        require(not unknown, f"rules are {', '.join(known)}, not {', '.join(unknown)}")
        rules: Rules = evolve(
            self.account.rules, **{name: float(text) for name, text in fields.items()}
        )
        self.account.rules = rules

    def _tasks(self, now: float) -> Any:
        for line in reversed(self.account.ledger):
            for task_id in line.task_ids:
                if task := self.account.tasks.get(task_id):
                    left = max(0.0, task.accepted_at + task.seconds - now)
                    yield {
                        "id": task.id,
                        "state": task.phase(now),
                        "seconds_left": _number(left),
                        "videos": task.urls(now),
                    }

    def _form(self, name: str, act: Callable[[Mapping[str, str]], None]) -> Route:
        async def endpoint(request: Request) -> Response:
            if not _from_here(request):
                words = "a form of another site"
                return JSONResponse({"message": words}, status_code=403)
            try:
                body = await _door.bounded(request, _door.MAX_JSON).body()
                act(dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)))
            except (ValueError, _door.TooLargeError) as error:
                return JSONResponse({"message": str(error)}, status_code=400)
            return RedirectResponse(HOME, status_code=303)

        return Route(f"{HOME}/{name}", endpoint, methods=["POST"])


def _from_here(request: Request) -> bool:
    """Whether a form comes from our own page or from no page at all: a browser names the page's
    origin, and sends the forms of any page to this machine."""
    origin = request.headers.get("origin")
    if origin is None:
        return True
    try:
        return httpx.URL(origin).netloc.decode() == request.headers.get("host")
    except httpx.InvalidURL:
        return False


def _whole(name: str, text: str) -> int:
    require(text.isdecimal(), f"{name} is a whole number, not {text!r}")
    return int(text)


def _lost(text: str) -> Lost:
    require(text in LOST, f"lose is one of {', '.join(LOST)}, not {text!r}")
    return Lost(accepted=text == LOST[0])


FAULTS: Mapping[str, Callable[[str], Answer | Lost | Outcome]] = {
    "refuse": lambda text: refusal(int(text) if text.isdecimal() else text),
    "answer": lambda text: Answer(_whole("answer", text), f"HTTP {text}"),
    "lose": _lost,
    "fail": lambda text: Outcome("failed", text),
}


def _number(value: Any) -> float | None:
    """A number that JSON has; None for infinity, and for what is told by a function."""
    fits = isinstance(value, int | float) and isfinite(value)
    return value if fits else None
