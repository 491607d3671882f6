"""The only way out of a live run: sends what may be sent, and keeps every answer of the API."""

from __future__ import annotations

import httpx
from attrs import frozen

from contract_tests.live.contract import operation_of
from contract_tests.support.contract import FREE, PAID


class NotAllowedError(Exception):
    """A request that this run must not send, and did not."""


@frozen
class Exchange:
    """One call of the API. The status is None where no answer came, and `body` says why."""

    operation: str
    sent: bytes
    status: int | None
    headers: httpx.Headers
    body: bytes


class Recorder(httpx.BaseTransport):
    """A transport that lets reads through and, where it may be paid, uploads and one submission.

    Parameters:
        paid: whether a budget was given.
        http: what sends; by default one that knows the proxies of the environment.
    """

    def __init__(self, *, paid: bool, http: httpx.Client | None = None) -> None:
        self.exchanges: list[Exchange] = []
        self._uploads = paid
        self._submissions = int(paid)
        self._http = http or httpx.Client()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        operation = operation_of(request.method, request.url.path)
        self._guard(request.method, operation)
        if operation is None:
            return self._http.send(request, stream=True)  # a download: it is not the API's
        sent = request.read() if operation in PAID else b""
        try:
            answer = self._http.send(request)
        except httpx.HTTPError as error:
            why = type(error).__name__.encode()
            self.exchanges.append(Exchange(operation, sent, None, httpx.Headers(), why))
            raise
        self.exchanges.append(
            Exchange(operation, sent, answer.status_code, answer.headers, answer.content)
        )
        # The content is decoded by now.
        coded = ("content-encoding", "content-length", "transfer-encoding")
        kept = [(name, value) for name, value in answer.headers.items() if name not in coded]
        return httpx.Response(answer.status_code, headers=kept, content=answer.content)

    def _guard(self, method: str, operation: str | None) -> None:
        if method == "GET" or (operation in FREE and self._uploads):
            return
        if operation not in PAID or not self._submissions:
            raise NotAllowedError(f"{method} {operation or 'of something unknown'} was not sent")
        self._submissions -= 1

    def close(self) -> None:
        self._http.close()
