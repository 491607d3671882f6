"""The simulated service over HTTP: an ASGI application with every operation of the contract."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import httpx
from anyio import create_task_group, sleep, to_thread
from starlette.formparsers import MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from . import _door
from ._account import Account
from ._scenario import Answer, Lost
from ._served.answers import AnswerLog
from ._served.control import HOME, Control
from ._tasks import SimulatedTask
from ._traffic import Received
from ._wire import checks, contract, replies
from ._wire.contract import Operation
from ._wire.refusals import Refusal

JSON = {"Content-Type": "application/json"}
# Nobody: no certificate that is read is of this machine, and to read them all takes 30 ms.
TRUSTED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
AT_ONCE = "weryai.at_once"  # in the scope of a call that nobody else's is kept waiting by


class LostAnswer(Exception):
    """Raised where a scenario wants no answer at all; what calls without a socket catches it."""


class App:
    """The ASGI application around one account."""

    def __init__(self, account: Account, api_key: str) -> None:
        self.account = account
        self.api_key = api_key
        self.log = AnswerLog(account.clock)
        self._control = Control(account, self.log, OPERATIONS)
        self._routes = Router(
            [
                *(self._route(each) for each in contract.ALL if each.name in OPERATIONS),
                Route("/files/{name}", self.uploaded, methods=["GET"]),
                Route("/results/{name}.mp4", self.result, methods=["GET"]),
            ],
            redirect_slashes=False,
            lifespan=self._call_webhooks,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call by any of the names of this machine."""
        hosts = Request(scope).headers.getlist("host") if scope["type"] == "http" else []
        if scope["type"] == "http" and not _door.is_ours(hosts):
            await _misdirected(", ".join(hosts))(scope, receive, send)
            return
        if scope["type"] == "http" and f"{scope['path']}/".startswith(f"{HOME}/"):
            await self._control(scope, receive, send)
            return
        try:
            if scope["type"] == "http":
                await self.log.watched(self.in_process, scope, receive, send)
            else:
                await self.in_process(scope, receive, send)
        except LostAnswer:
            await _drop(receive, send)

    async def in_process(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call that has come over no socket, whatever host it is to."""
        if scope["type"] == "http":
            self._note(Request(scope))
        await self._routes(scope, receive, send)

    def at_once(self, request: httpx.Request) -> bool:
        """Whether it is answered without a wait. Files on disk are read and written on other
        threads."""
        is_form = "multipart/" in request.headers.get("content-type", "").lower()
        is_file = is_form and not _fits_in_memory(request.headers.get("content-length", ""))
        is_result = request.url.path.startswith("/results/")
        return not (is_file or is_result or self.account.rules.answer_seconds)

    async def submit(self, operation: Operation, request: Request) -> Any:
        try:
            body = _parsed(await _door.bounded(request, _door.MAX_JSON).body())
        except _door.TooLargeError as error:
            raise Malformed(error.message) from None
        accepted = self.account.submit(operation, body, str(request.base_url))
        return replies.submission(accepted, self.account.variant)

    async def task_status(self, _: Operation, request: Request) -> Any:
        (task_id,) = request.path_params.values()
        return replies.status(self._report(self.account.task(task_id)), self.account.variant)

    async def batch_status(self, _: Operation, request: Request) -> Any:
        (batch_id,) = request.path_params.values()
        tasks = self.account.batch(batch_id)
        return replies.batch([self._report(task) for task in tasks], self.account.variant)

    async def upload(self, _: Operation, request: Request) -> Any:
        try:
            whole = _door.bounded(request, _door.MAX_FORM)
            form = await whole.form(max_files=16, max_fields=16, max_part_size=_door.MAX_UPLOAD)
        except Exception as error:  # the parser raises errors of several libraries
            if _door.TooLargeError in (type(error), type(error.__cause__)):
                raise Refusal(1014) from None
            raise Malformed("the body cannot be read") from error
        try:
            content = await checks.check_form(form).read()
        finally:
            await form.close()
        keep = partial(self.account.upload, content)
        name = keep() if AT_ONCE in request.scope else await to_thread.run_sync(keep)
        return {"object_url_list": [f"{request.base_url}files/{name}"]}

    async def balance(self, _: Operation, __: Request) -> Any:
        return replies.balance(self.account.credits, self.account.variant)

    async def models(self, _: Operation, __: Request) -> Any:
        return replies.registry(self.account.variant)

    async def uploaded(self, request: Request) -> Response:
        """An uploaded image: public, as its address is handed to the service."""
        content = self.account.uploads.get(request.path_params["name"])
        if content is None:
            return Response(status_code=404)
        return Response(content, media_type="application/octet-stream")

    async def result(self, request: Request) -> Response:
        """A finished video: public, with ranges."""
        task_id, _, number = request.path_params["name"].rpartition("-")
        place = int(number) if re.fullmatch("[1-9][0-9]{0,5}", number) else 0
        path = await to_thread.run_sync(self.account.video, task_id, place, self.fetch)
        return FileResponse(path, media_type="video/mp4") if path else Response(status_code=404)

    def fetch(self, url: str) -> bytes | None:
        """The bytes behind an image's address: our own, or from this machine, or none."""
        kept = self.account.uploads.get(url.rpartition("/files/")[2])
        if kept is not None:
            return kept
        if not _door.is_loopback(url):
            return None
        plain = {"Accept-Encoding": "identity"}
        how: dict[str, Any] = {"timeout": 5.0, "trust_env": False, "verify": TRUSTED}
        try:
            with httpx.stream("GET", url, headers=plain, **how) as response:
                found = response.status_code == 200
                return _door.joined(response.iter_raw(), _door.MAX_UPLOAD) if found else None
        except httpx.HTTPError:
            return None

    def notice(self, task: SimulatedTask) -> bytes:
        """The body of the webhook for a task."""
        return json.dumps(replies.envelope(self._report(task), self.account.variant)).encode()

    def _report(self, task: SimulatedTask) -> dict[str, Any]:
        now, late = self.account.clock.time(), self.account.late(task)
        return replies.report(task, now, late, self.account.variant)

    @asynccontextmanager
    async def _call_webhooks(self, _: object) -> AsyncIterator[None]:
        """While it is served, call the webhooks of tasks that have ended; on this machine only."""
        # Only this machine is called, where certificates are made by hand: none is read to check it
        http = httpx.AsyncClient(timeout=5.0, trust_env=False, verify=False)  # noqa: S501
        async with http, create_task_group() as group:
            group.start_soon(self._notify, http)
            yield
            group.cancel_scope.cancel()

    async def _notify(self, http: httpx.AsyncClient) -> None:
        while True:
            for task in self.account.due_notices():
                url = task.payload["webhook_url"]
                if _door.is_loopback(url):
                    with suppress(httpx.HTTPError):
                        # What is answered is not read: it may have no end.
                        async with http.stream(
                            "POST", url, content=self.notice(task), headers=JSON
                        ):
                            pass
            await sleep(0.2)

    def _route(self, operation: Operation) -> Route:
        async def endpoint(request: Request) -> Response:
            answer = await self._reply(operation, request)
            if delay := self.account.rules.answer_seconds:
                await self.account.clock.sleep_async(delay)
            return answer

        return Route(operation.path, endpoint, methods=[operation.method], name=operation.name)

    async def _reply(self, operation: Operation, request: Request) -> Response:
        """What is planned in the place of the service's own answer, or that."""
        planned = self.account.planned(operation)
        if planned is None:
            return await self._answer(operation, request)
        if planned.accepted:
            await self._answer(operation, request)
        if isinstance(planned, Lost):
            raise LostAnswer
        return _planned(planned)

    async def _answer(self, operation: Operation, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {self.api_key}":
            return self._bad_key()
        try:
            if operation.media_type:
                _require_media_type(request, operation.media_type)
            data = await ANSWERS[operation.reply](self, operation, request)
        except Refusal as error:
            return JSONResponse(replies.refused(error, self.account.variant))
        except Malformed as error:
            return JSONResponse({"status": 400, "message": str(error)}, status_code=400)
        except ClientDisconnect:  # before its request was here; nobody reads this
            return Response(status_code=400)
        return JSONResponse(replies.envelope(data, self.account.variant))

    def _bad_key(self) -> Response:
        status = {"401": 401, "403": 403, "1002": 200}[self.account.variant.bad_key]
        body = {"status": 1002, "desc": "Authentication failed", "message": "Invalid API Key"}
        return JSONResponse(body, status_code=status)

    def _note(self, request: Request) -> None:
        headers = dict(request.headers)
        has_key = headers.pop("authorization", None) is not None
        self.account.receive(Received(request.method, request.url.path, has_key, headers))


# How operations are answered, by the schema of the reply, which several may share.
ANSWERS: Mapping[str, Callable[[App, Operation, Request], Awaitable[Any]]] = {
    "SubmitReply": App.submit,
    "TaskStatusReply": App.task_status,
    "BatchStatusReply": App.batch_status,
    "UploadReply": App.upload,
    "BalanceReply": App.balance,
    "ModelsReply": App.models,
}
OPERATIONS = tuple(each.name for each in contract.ALL if each.reply in ANSWERS)


class Malformed(Exception):
    """A request that cannot be read: HTTP 400."""


async def _drop(receive: Receive, send: Send) -> None:
    """End the connection without a byte. ASGI has no message for that, so the transport of the
    server is asked, which uvicorn keeps beside its `send`. Raises LostAnswer where there is none.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise LostAnswer
    transport.close()
    # Whoever returns before the server has noticed is answered for, with HTTP 500.
    while (await receive())["type"] != "http.disconnect":
        pass


def _misdirected(host: str) -> Response:
    words = f"the simulator is 127.0.0.1, [::1] or localhost, not {host[:80]!r}"
    return JSONResponse({"status": 421, "message": words}, status_code=421)


def _fits_in_memory(length: str) -> bool:
    """Whether starlette has no need of a file for a form of this declared length."""
    return len(length) < 10 and length.isdecimal() and int(length) <= MultiPartParser.spool_max_size


def _require_media_type(request: Request, expected: str) -> None:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != expected:
        raise Malformed(f"the body is not {expected}")


def _parsed(body: bytes) -> Any:
    """The JSON in a body. Raises Malformed, also for what only Python takes for JSON."""
    try:
        parsed = json.loads(body.decode())
        json.dumps(parsed, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON") from None
    return parsed


def _planned(answer: Answer) -> Response:
    body, headers = answer.body, dict(answer.headers)
    if isinstance(body, (bytes, str)):
        return Response(body, status_code=answer.status, headers=headers)
    return JSONResponse(body, status_code=answer.status, headers=headers)
