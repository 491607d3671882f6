"""Faults that take real time: a server that says nothing, or a byte at a time."""

from __future__ import annotations

import anyio
import httpx
from attrs import define

from contract_tests.faults.behaviours import before, lost, part
from contract_tests.faults.faulty_server import Exchange, wire
from contract_tests.faults.outcomes import Fault, Play, Row

PAUSE = 0.06


@define
class Pace:
    """How fast all goes: the timeout of the client, in seconds."""

    timeout: float = 0


PACE = Pace()


async def silent(exchange: Exchange) -> None:
    await exchange.until_gone()


async def drip(exchange: Exchange, data: bytes, seconds: float) -> None:
    """A byte at a time for so long, without a silence at the end, and then the rest at once. By the
    clock: that a busy machine is late with each byte must not add up."""
    pause, place = max(PAUSE, seconds / len(data)), 0
    end = anyio.current_time() + seconds
    while anyio.current_time() < end:
        await exchange.send(data[place : place + 1])
        place += 1
        await anyio.sleep(pause)
    await exchange.send(data[place:])


async def dripping_headers(exchange: Exchange) -> bool:
    """Whole in the end: no byte takes longer than the timeout, though the head does."""
    head, body = wire(exchange.right)
    await drip(exchange, head, 1.2 * PACE.timeout)
    await exchange.send(body)
    return True


async def dripping_body(exchange: Exchange) -> bool:
    """A JSON that is padded for ever. A video comes slowly, and does come."""
    head, body = wire(exchange.right)
    if "/results/" in exchange.here:
        await exchange.send(head)
        await drip(exchange, body, 1.2 * PACE.timeout)
        return True
    padding = {"Content-Type": "application/json", "Content-Length": str(10**6)}
    await exchange.send(wire(httpx.Response(200, headers=padding))[0])
    await drip(exchange, b" " * 100, 4 * PACE.timeout)
    exchange.outlasted = True
    return False


def for_ever(head: bytes, more: bytes) -> Play:
    """Begin, and go on with the same for as long as anybody listens: no read is ever silent."""

    async def play(exchange: Exchange) -> None:
        await exchange.send(head)
        await drip(exchange, more * 100, 4 * PACE.timeout)
        exchange.outlasted = True

    return play


async def hints(exchange: Exchange) -> None:
    """Word, again and again, that there will be an answer."""
    for _ in range(int(4 * PACE.timeout / PAUSE)):
        await exchange.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")
        await anyio.sleep(PAUSE)
    exchange.outlasted = True


# Nothing of a body, though bytes arrive: h11 bounds how many these are, and not how long they take.
CHUNK = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;"

FOR_EVER = [
    lost("a header that never ends", for_ever(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x")),
    lost("hints that never end", hints),
    lost("a chunk that never begins", for_ever(CHUNK, b"x")),
    lost("a header that never ends below TLS", for_ever(b"HTTP/1.1 200 OK\r\nX: ", b"x"), tls=True),
]

DRIPPING_HEADERS = Fault("headers that drip", Row.HARMLESS, dripping_headers, accepted=True)

SLOW = [
    before("a handshake that hangs", silent),
    lost("silence before it was accepted", silent, accepted=False),
    lost("silence once it was accepted", silent),
    lost("silence in the headers", part(lambda head, _: head[:20], silent)),
    lost("silence in the body", part(lambda head, body: head + body[:-1], silent)),
    Fault("a body that drips", Row.LOST, dripping_body, accepted=True, file=Row.HARMLESS),
    DRIPPING_HEADERS,
]
