"""The faults: what a server does wrong, and which row of the table that is."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
from anyio.streams.tls import TLSStream

from contract_tests.faults.certificates import OTHER_NAME, UNTRUSTED
from contract_tests.faults.faulty_server import Exchange, wire
from contract_tests.faults.outcomes import CODES, PERHAPS_ACCEPTED, Fault, Play, Respond, Row, When
from weryai import (
    AuthenticationError,
    ContentRejectedError,
    InsufficientCreditsError,
    ParameterError,
    RateLimitError,
    ServerError,
    UnexpectedResponseError,
    WeryAIError,
)


async def close(_: Exchange) -> None:
    """Say nothing: the connection ends behind a play."""


async def reset(exchange: Exchange) -> None:
    exchange.reset()


def part(share: Callable[[bytes, bytes], bytes], end: Play = close) -> Play:
    """Send a part of the right answer's head and body, and then end in this way."""

    async def play(exchange: Exchange) -> bool | None:
        await exchange.send(share(*wire(exchange.right)))
        return await end(exchange)

    return play


def bytes_of(data: bytes) -> Play:
    """Send this and nothing else."""

    async def play(exchange: Exchange) -> None:
        await exchange.send(data)

    return play


async def chunked_cut(exchange: Exchange) -> None:
    """A body in chunks whose last one never comes."""
    await exchange.send(_chunked(exchange.right))


async def encoded_wrongly(exchange: Exchange) -> bool:
    """A body that says it is compressed, and is not."""
    _, body = wire(exchange.right)
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    whole = httpx.Response(200, headers={**headers, "Content-Length": str(len(body))})
    await exchange.send(wire(whole)[0] + body)
    return True


def _chunked(right: httpx.Response) -> bytes:
    headers = {"Content-Type": right.headers["Content-Type"], "Transfer-Encoding": "chunked"}
    head, _ = wire(httpx.Response(right.status_code, headers=headers))
    half = right.content[: len(right.content) // 2]
    return head + f"{len(right.content):x}\r\n".encode() + half


async def bad_record(exchange: Exchange) -> None:
    """What TLS calls a bad record MAC: seen live in uploads."""
    await exchange.raw.send(b"\x17\x03\x03\x00\x40" + b"x" * 64)


async def cut_below(exchange: Exchange) -> None:
    """Half of an answer, and an end of the connection that TLS knows nothing of."""
    head, body = wire(exchange.right)
    await exchange.send(head + body[: len(body) // 2])
    await exchange.raw.aclose()


def without_length(share: float) -> Play:
    """So much of a body that ends where the connection does."""

    async def play(exchange: Exchange) -> None:
        body = exchange.right.content
        kind = exchange.right.headers["Content-Type"].encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\n\r\n"
        await exchange.send(head + body[: int(len(body) * share)])

    return play


def lost(
    name: str,
    play: Play,
    when: When = When.ANSWERING,
    accepted: bool = True,
    tls: bool = False,
) -> Fault:
    return Fault(name, Row.LOST, play, when=when, accepted=accepted, tls=tls)


LOST = [
    lost("closed on connecting", close, When.CONNECTING, False),
    Fault("reset on connecting", Row.LOST_EARLY, reset, when=When.CONNECTING),
    lost("reset before the body was read", reset, When.ARRIVING, False),
    lost("closed before it was accepted", close, accepted=False),
    lost("reset before it was accepted", reset, accepted=False),
    lost("closed once it was accepted", close),
    lost("reset once it was accepted", reset),
    lost("half a status line", bytes_of(b"HTTP/1.1 2")),
    lost("half of the headers", part(lambda head, _: head[: len(head) // 2])),
    lost("headers and no body", part(lambda head, _: head)),
    lost("half of the body", part(lambda head, body: head + body[: len(body) // 2])),
    lost("half of the body and a reset", part(lambda head, body: head + body[:-9], reset)),
    lost("chunks that are cut", chunked_cut),
    lost("garbage", bytes_of(b"\x00\xff\x16\x03 this is no HTTP\r\n\r\n")),
    lost("another protocol", bytes_of(b"SSH-2.0-OpenSSH_9.6\r\n")),
    lost("headers without end", bytes_of(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 200_000)),
    lost("a compression that is none", encoded_wrongly),
    lost("a bad record of TLS", bad_record, tls=True),
    lost("half of the body below TLS", cut_below, tls=True),
    lost("reset below TLS", reset, tls=True),
]


def handshake(context: ssl.SSLContext) -> Play:
    """Prove oneself with what the client must not believe."""

    async def play(exchange: Exchange) -> None:
        await TLSStream.wrap(exchange.raw, server_side=True, ssl_context=context)

    return play


async def handshake_reset(exchange: Exchange) -> None:
    """In the middle of it: one that is reset before it, `ssl` leaves open up to Python 3.13."""
    await exchange.stream.receive()
    exchange.reset()


async def handshake_cut(exchange: Exchange) -> None:
    """End the connection in the middle of a handshake."""
    await exchange.raw.receive()
    await exchange.send(b"\x16\x03\x03\x00\x7a\x02\x00\x00")


def before(name: str, play: Play) -> Fault:
    """A fault of TLS before anything was sent."""
    return Fault(name, Row.NEVER_SENT, play, when=When.CONNECTING, tls=True)


NEVER_SENT = [
    Fault("refused", Row.NEVER_SENT, close, when=When.REFUSING),
    before("a certificate of nobody", handshake(UNTRUSTED)),
    before("a certificate of another host", handshake(OTHER_NAME)),
    before("no TLS where https was asked for", bytes_of(b"HTTP/1.1 400 Bad Request\r\n\r\n")),
    before("a handshake that is cut", handshake_cut),
    before("a handshake that is reset", handshake_reset),
]


async def informed(exchange: Exchange) -> bool:
    """Word that the request is being looked at, some times, and then the right answer."""
    head, body = wire(exchange.right)
    await exchange.send(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" * 5)
    await exchange.send(head + body)
    return True


async def endless(exchange: Exchange) -> None:
    """A body that goes on and on."""
    headers = {"Content-Type": "application/json", "Content-Length": str(10**12)}
    await exchange.send(wire(httpx.Response(200, headers=headers))[0])
    for _ in range(512):
        await exchange.send(b" " * 2**16)
    exchange.outlasted = True


async def foreign(exchange: Exchange) -> bool:
    """The right answer, with a header that is not ASCII."""
    head, body = wire(exchange.right)
    await exchange.send(head[:-2] + b"X-Note: \xe6\x97\xa5\xff\r\n\r\n" + body)
    return True


HARMLESS = [
    Fault("informational answers first", Row.HARMLESS, informed, accepted=True),
    Fault("a body without a length", Row.HARMLESS, without_length(1), accepted=True),
    Fault("headers that are not ASCII", Row.HARMLESS, foreign, accepted=True),
]
CUT = Fault(
    "half of a body without a length",
    Row.UNREADABLE,
    without_length(0.5),
    accepted=True,
    file=Row.LOST,
)
ENDLESS = Fault("a body without end", Row.UNREADABLE, endless, accepted=True)


def answer(
    name: str, row: Row, respond: Respond, kind: type[WeryAIError] | None = None, **more: Any
) -> Fault:
    """A fault that is a whole answer."""

    async def play(exchange: Exchange) -> bool:
        await exchange.send(b"".join(wire(respond(exchange.here, exchange.there))))
        return True

    return Fault(name, row, play, respond, kind, accepted=row in PERHAPS_ACCEPTED, **more)


def page(status: int, row: Row, kind: type[WeryAIError] | None = None, **more: Any) -> Fault:
    """An HTML page of some HTTP status."""
    html = "<!doctype html><html><body><h1>Something went wrong</h1></body></html>"
    return answer(f"HTTP {status}", row, lambda *_: httpx.Response(status, html=html), kind, **more)


def body(name: str, content: bytes, status: int = 200) -> Fault:
    """A success that says nothing, or not enough of it."""
    file = Row.UNREADABLE

    def respond(*_: str) -> httpx.Response:
        return httpx.Response(status, content=content)

    return answer(name, Row.UNREADABLE, respond, file=file)


def limit(
    name: str, pause: float, retry_after: Callable[[], str], *, readable: bool = True
) -> Fault:
    """HTTP 429 with a Retry-After."""

    def respond(*_: str) -> httpx.Response:
        told = {"status": 429, "message": "Too many requests"} if readable else None
        return httpx.Response(429, headers={"Retry-After": retry_after()}, json=told)

    row = Row.REFUSED_FOR_NOW if readable else Row.LIMITED
    return answer(name, row, respond, RateLimitError, pause=pause)


def behind(status: int, told: Any, row: Row, kind: type[WeryAIError], name: str) -> Fault:
    """An envelope behind an HTTP status; to a download, a status like any other."""
    file = Row.FAILED if status in (403, 404, 408, 429) else row

    def respond(*_: str) -> httpx.Response:
        return httpx.Response(status, json=told)

    return answer(f"HTTP {status} with {name}", row, respond, kind, file=file)


def code(number: int, text: str = "refused", row: Row | None = None, kind: Any = None) -> Fault:
    """A business code inside HTTP 200; to a download, a file that is no video."""
    usual, usual_kind = CODES[number]
    envelope = {"status": number, "desc": text, "message": text}

    def respond(*_: str) -> httpx.Response:
        return httpx.Response(200, json=envelope)

    name = f"code {number} {text}".removesuffix(" refused")
    return answer(name, row or usual, respond, kind or usual_kind, file=Row.UNREADABLE)


def redirect(status: int, elsewhere: bool) -> Fault:
    """To the same path, here or on another origin."""

    def respond(here: str, there: str) -> httpx.Response:
        return httpx.Response(status, headers={"Location": there if elsewhere else here})

    to = "another origin" if elsewhere else "itself"
    return answer(f"HTTP {status} to {to}", Row.REDIRECTED, respond)


def astray(location: str) -> Fault:
    """A redirect to what is no address. A call of the API does not look where it leads; a download
    goes through httpx's client, which stumbles on it."""

    def respond(*_: str) -> httpx.Response:
        return httpx.Response(302, headers=[(b"Location", location.encode())])

    return answer(f"HTTP 302 to {location}", Row.REDIRECTED, respond, file=Row.LOST)


def in_half_a_minute() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)


KEY = {"desc": "Authentication failed", "message": "Invalid API Key"}
SERVER_ERRORS = [page(status, Row.FAILED) for status in range(500, 600)]
GATEWAYS = [SERVER_ERRORS[status - 500] for status in (503, 504, 520)]
LIMITS = [
    limit("HTTP 429 for a second", 1, lambda: "1"),
    limit("HTTP 429 for 7 seconds", 7, lambda: "7"),
    limit("HTTP 429 until a date", 28, in_half_a_minute),
    page(429, Row.LIMITED, RateLimitError),
    limit("HTTP 429 that says nothing", 7, lambda: "7", readable=False),
]
BUSINESS = [
    *map(code, CODES),
    code(1002, "Invalid API Key", Row.KEY, AuthenticationError),
    code(1002, "sensitive words", Row.REFUSED, ContentRejectedError),
]
STATUSES = [
    page(408, Row.FAILED, UnexpectedResponseError),
    page(409, Row.CONFLICT),
    page(425, Row.CONFLICT),
    page(499, Row.CONFLICT),
    page(400, Row.REFUSED, ParameterError),
    page(401, Row.EDGE),
    page(403, Row.EDGE, file=Row.FAILED),  # a result may not be there yet
    page(404, Row.REFUSED, UnexpectedResponseError, file=Row.FAILED),
    page(413, Row.REFUSED, UnexpectedResponseError),
    page(418, Row.CONFLICT),
    behind(401, KEY, Row.KEY, AuthenticationError, "words about the key"),
    behind(403, KEY, Row.KEY, AuthenticationError, "words about the key"),
    behind(409, {"status": 1011}, Row.REFUSED, InsufficientCreditsError, "1011"),
    behind(404, {"status": 6003}, Row.DOUBTED, ServerError, "6003"),
]
BARE = [body("HTTP 200 and nothing", b""), body("HTTP 204", b"", 204)]
UNREADABLE = [
    page(200, Row.UNREADABLE),
    *BARE,
    body("HTTP 201", b"{}", 201),
    body("a success without anything", b'{"status": 0, "data": {}}'),
    body("half of a JSON", b'{"status": 0, "data": {"tas'),
    body("a code that comes twice", b'{"status": 6003, "status": 1001}'),
]
ASTRAY = [astray("mailto:x"), astray("https://xn--/")]
# Whole answers, of which a socket changes nothing: what comes of each is told without one.
TOLD = [*LIMITS, *STATUSES, *UNREADABLE]
OF_EACH_ROW = [*{fault.row: fault for fault in [*BUSINESS, *TOLD[::-1], *GATEWAYS]}.values()]
REDIRECTS = [redirect(status, to) for status in (301, 302, 303, 307, 308) for to in (False, True)]
