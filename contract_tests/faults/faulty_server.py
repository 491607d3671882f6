"""A server on loopback before the simulator: right in every answer until it is told to break.

Each `Door` is an origin of its own. It reads what arrives, hands it to the simulator, and sends the
simulator's answer, byte by byte its own work, so that a fault can stop at any byte.
"""

from __future__ import annotations

import re
import socket
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
import h11
import httpx
from anyio.abc import ByteStream, SocketAttribute, SocketListener, TaskGroup
from anyio.streams.tls import TLSStream
from attrs import define, field, frozen

from contract_tests.faults.outcomes import Fault, When

GONE = (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream, ssl.SSLError)


@frozen
class Arrival:
    """A request whose head was read."""

    method: str
    path: str
    has_key: bool


@define
class Exchange:
    """What a fault has in its hands: a connection, and the right answer if the service gave one."""

    raw: ByteStream
    stream: ByteStream
    here: str = ""
    there: str = ""
    right: httpx.Response = field(factory=lambda: httpx.Response(200))
    outlasted: bool = False

    async def send(self, data: bytes) -> None:
        await self.stream.send(data)

    def reset(self) -> None:
        """Let the connection end in a RST, and not in a FIN."""
        raw = self.raw.extra(SocketAttribute.raw_socket)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    async def until_gone(self) -> None:
        """Read, and answer nothing, until the client has left."""
        while True:
            await self.stream.receive()


@define
class Door:
    """One origin: a port that nobody else has, closed until it is opened.

    Attributes:
        app: the ASGI application that is right.
        tls: with what it proves who it is; plain HTTP without.
        elsewhere: another origin, for redirects.
        fault: what is played at requests whose path matches `step`, this many `times`.
        played: how often it was.
        outlasted: how often a client sat through what it should have left.
    """

    app: Any
    tls: ssl.SSLContext | None = None
    elsewhere: str = ""
    fault: Fault | None = None
    times: float = 0
    step: str = ""
    connections: int = 0
    played: int = 0
    outlasted: int = 0
    arrivals: list[Arrival] = field(factory=list)
    url: str = field(init=False)
    _group: TaskGroup = field(init=False)
    _socket: socket.socket = field(factory=socket.socket, init=False)
    _streams: set[ByteStream] = field(factory=set, init=False)

    def __attrs_post_init__(self) -> None:
        self._socket.bind(("127.0.0.1", 0))
        scheme = "http" if self.tls is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._socket.getsockname()[1]}"

    @property
    def asked(self) -> int:
        """How many requests of the step have arrived."""
        return sum(re.search(self.step, arrival.path) is not None for arrival in self.arrivals)

    @asynccontextmanager
    async def serve(self, *, listening: bool = True) -> AsyncIterator[Door]:
        async with anyio.create_task_group() as self._group:
            try:
                if listening:
                    await self.listen()
                yield self
            finally:
                self._group.cancel_scope.cancel()
                self._socket.close()

    async def listen(self) -> None:
        """Accept connections: until then they are refused."""
        self._socket.listen()
        self._socket.setblocking(False)
        listener = await SocketListener.from_socket(self._socket)
        self._group.start_soon(listener.serve, self._connection)

    async def refused(self) -> None:
        """Count a connection that nobody accepted; the last one of its times opens the door."""
        if self.times < 1:
            return
        self.times -= 1
        self.played += 1
        if self.times < 1:
            await self.listen()

    async def hang_up(self) -> None:
        """End every open connection."""
        for stream in list(self._streams):
            await stream.aclose()

    def _take(self, *when: When, path: str | None = None) -> Fault | None:
        """The fault to play now, if there is one."""
        fault = self.fault
        here = path is None or re.search(self.step, path)
        if fault is None or self.times < 1 or fault.when not in when or not here:
            return None
        self.times -= 1
        self.played += 1
        return fault

    async def _connection(self, raw: ByteStream) -> None:
        self.connections += 1
        self._streams.add(raw)
        with suppress(*GONE):
            async with raw:
                await self._talk(raw)
        self._streams.discard(raw)

    async def _talk(self, raw: ByteStream) -> None:
        exchange = Exchange(raw, raw)
        if fault := self._take(When.CONNECTING):
            await fault.play(exchange)
            return
        if self.tls is not None:
            exchange.stream = await TLSStream.wrap(
                raw, server_side=True, ssl_context=self.tls, standard_compatible=False
            )
        while await self._answer(exchange):
            pass

    async def _answer(self, exchange: Exchange) -> bool:
        """One request. Returns whether the connection may be used again."""
        machine = h11.Connection(h11.SERVER)
        head = await _event(machine, exchange.stream)
        if not isinstance(head, h11.Request):
            return False
        method, path = head.method.decode(), head.target.decode()
        headers = httpx.Headers(list(head.headers))
        self.arrivals.append(Arrival(method, path, "authorization" in headers))
        exchange.here, exchange.there = self.url + path, self.elsewhere + path
        fault = self._take(When.ARRIVING, When.ANSWERING, path=path)
        if fault and fault.when is When.ARRIVING:
            await fault.play(exchange)
            return False
        body = b""
        while isinstance(part := await _event(machine, exchange.stream), h11.Data):
            body += part.data
        request = httpx.Request(
            self.arrivals[-1].method, exchange.here, headers=headers, content=body
        )
        if fault is None or fault.accepted:
            exchange.right = await self._forward(request)
        if fault is None:
            await exchange.send(b"".join(wire(exchange.right)))
            return True
        keep = await fault.play(exchange)
        self.outlasted += exchange.outlasted
        return bool(keep)

    async def _forward(self, request: httpx.Request) -> httpx.Response:
        response = await httpx.ASGITransport(self.app).handle_async_request(request)
        await response.aread()
        return response


async def _event(machine: h11.Connection, stream: ByteStream) -> Any:
    while (event := machine.next_event()) is h11.NEED_DATA:
        with suppress(anyio.EndOfStream):
            machine.receive_data(await stream.receive())
            continue
        machine.receive_data(b"")
    return event


def wire(response: httpx.Response) -> tuple[bytes, bytes]:
    """The head and the body of an answer, as bytes, with the length that keeps it apart."""
    if not response.content and response.status_code != 204:
        response.headers.setdefault("Content-Length", "0")
    lines = [f"HTTP/1.1 {response.status_code} {response.reason_phrase}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1"), response.content
