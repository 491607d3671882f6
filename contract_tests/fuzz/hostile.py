"""Replies and webhook bodies as nobody would send them, each made of a seed and a number."""

from __future__ import annotations

import copy
import json
import random
import re
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from attrs import field, frozen

from contract_tests.support.clients import KEY
from contract_tests.support.examples import EXAMPLES
from contract_tests.support.operation_calls import REACHED, calls
from weryai import WeryAI, WeryAIError, webhooks
from weryai.testing import ManualClock

TARGETS = (*REACHED, "task_completed")
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 200, 1002, 2**63, 10**400, 1.5, -0.0, 1e308, float("nan")),
    *(
        float("inf"),
        "",
        "0",
        "succeed",
        "\x00",
        "\ud800",
        "cut \ud83d",
        "\ude00\ud83d",
        "é" * 5000,
        "https://[::1",
        [],
        {},
    ),
    *([None], [[]], {"": None}, {"url": {}}, ["https://example.com/v"] * 300),
)
BREAKS = ("utf-16", "utf-32", "utf-8-sig", "latin-1", "cp037", "utf-7")
HEADERS: tuple[dict[str, str], ...] = (
    *({}, {"Content-Type": "text/html; charset=klingon"}, {"Content-Type": "\x7f"}),
    *({"Content-Encoding": "gzip"}, {"Content-Encoding": "br, deflate"}, {"Retry-After": "nan"}),
    *({"Retry-After": "9" * 400}, {"Retry-After": "Thu, 01 Jan 0000 00:00:00 -9999"}),
    {"Content-Length": "-1"},
)


@frozen
class Input:
    """One of them, and what it is sent to."""

    target: str
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(factory=dict)

    def response(self) -> httpx.Response:
        stream = httpx.ByteStream(self.body)
        return httpx.Response(self.status, headers=self.headers, stream=stream)


@cache
def examples(target: str) -> tuple[bytes, ...]:
    """What the target may be sent, by the contract."""
    shown = [example for example in EXAMPLES.values() if example.operation == target]
    return tuple(each.body for each in shown if not isinstance(each.value, str))


def make(seed: int, number: int) -> Input:
    """The input of this number."""
    dice = random.Random(f"{seed}:{number}")
    target = dice.choice(TARGETS)
    body = dice.choices((changed, cut, nested, noise, recoded), (70, 12, 5, 5, 8))[0](dice, target)
    status = 200 if dice.random() < 0.85 else dice.randrange(100, 1000)
    headers = dice.choice(HEADERS) if dice.random() < 0.2 else {}
    return Input(target, body, status, headers)


def changed(dice: random.Random, target: str) -> bytes:
    """An example with some of its values exchanged, taken away or put elsewhere."""
    source = target if dice.random() < 0.9 else dice.choice(TARGETS)
    value = json.loads(dice.choice(examples(source)))
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        value = at_random(dice, value)
    if dice.random() < 0.1:
        value = halved(dice, value)
    told = json.dumps(value)
    return (repeated(dice, told) if dice.random() < 0.1 else told).encode()


def halved(dice: random.Random, value: Any) -> Any:
    """The value with texts, names among them, that are cut in the middle of a character."""
    half = dice.choice(("\ud83d", "\ude00", "\udfff"))
    if isinstance(value, str):
        place = dice.randrange(len(value) + 1)
        return value[:place] + half + value[place:] if dice.random() < 0.5 else value
    if isinstance(value, dict):
        names = [name + half if dice.random() < 0.05 else name for name in value]
        return dict(zip(names, (halved(dice, each) for each in value.values()), strict=True))
    return [halved(dice, each) for each in value] if isinstance(value, list) else value


def repeated(dice: random.Random, told: str) -> str:
    """An object somewhere that has one of its names twice, with another value first or last."""
    names = list(re.finditer(r'"\w+": ', told))
    if not names:
        return told
    name = dice.choice(names)
    value = json.dumps(dice.choice(("a", None, 7, [], {}, ["task_1"], 0, 1001)))
    return f"{told[: name.start()]}{name[0]}{value}, {told[name.start() :]}"


def at_random(dice: random.Random, value: Any) -> Any:
    """The value with one change somewhere in it."""
    if not isinstance(value, dict | list) or not value or dice.random() < 0.15:
        return [value] if dice.random() < 0.1 else copy.deepcopy(dice.choice(VALUES))
    key = dice.choice(list(value)) if isinstance(value, dict) else dice.randrange(len(value))
    match dice.randrange(8):
        case 0:
            del value[key]
        case 1 if isinstance(value, dict):
            value[dice.choice(("data", "output", "videos", "task_id", "status"))] = value.pop(key)
        case 2 if isinstance(value, dict):
            value[key] = {key: value[key]}
        case _:
            value[key] = at_random(dice, value[key])
    return value


def cut(dice: random.Random, target: str) -> bytes:
    """An example with bytes missing, doubled or changed."""
    body = bytearray(changed(dice, target))
    for _ in range(dice.randrange(1, 6)):
        place = dice.randrange(len(body) + 1)
        body[place : place + dice.randrange(4)] = dice.randbytes(dice.randrange(3))
    return bytes(body[: dice.randrange(len(body) + 1)] if dice.random() < 0.4 else body)


def nested(dice: random.Random, target: str) -> bytes:
    """Brackets or numbers far beyond any use, around or inside an example."""
    depth = dice.choice((500, 990, 5000, 50_000))
    start, end = dice.choice(((b"[", b"]"), (b'{"data":', b"}"), (b'{"output":', b"}")))
    inner = dice.choice((b"9" * depth, b"1e" + b"9" * 9, b"-" * 9, changed(dice, target)))
    deep = start * depth + inner + end * depth
    return deep if dice.random() < 0.6 else b'{"status":0,"data":' + deep + b"}"


def noise(dice: random.Random, target: str) -> bytes:
    """Any bytes."""
    return dice.randbytes(dice.choice((0, 1, 2, 30, 3000)))


def recoded(dice: random.Random, target: str) -> bytes:
    """An example in another encoding."""
    text = changed(dice, target).decode("ascii", "replace")
    return text.encode(dice.choice(BREAKS), "replace")


class Reader:
    """The client and the webhook reader, for one input after the other."""

    def __init__(self, picture: Path) -> None:
        self.answer = httpx.Response(200)
        self.client = WeryAI(
            KEY,
            transport=httpx.MockTransport(lambda request: self.answer),
            retry_budget=0,
            clock=ManualClock(),
        )
        self.calls = calls(self.client, picture)

    def read(self, given: Input) -> bool:
        """Whether it was read as a success. Raises what is not of our tree."""
        try:
            if given.target == "task_completed":
                value: Any = webhooks.parse(given.body)
            else:
                self.answer = given.response()
                value = self.calls[given.target]()
        except WeryAIError as error:
            writable(f"{error} {vars(error)}")
            return False
        writable(str(value))
        return True


def writable(text: str) -> None:
    """Fails where a text holds what no file, terminal or database takes."""
    text.encode()
