"""`weryai listen`: webhooks are received on this machine, and their videos fetched."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from attrs import define, field

from .. import _output, _setup
from .._errors import UsageError, needs
from .._process import serving
from . import steps
from .options import HERE, BaseUrl, JournalFile, OutOfMany

if TYPE_CHECKING:
    from weryai import AsyncWeryAI, Task, Video, webhooks

HOSTS = (serving.HOST, "::1", "localhost")
SECONDS = 10  # that whoever is called on may take

app = typer.Typer(rich_markup_mode=None)


@app.command()
def listen(
    ctx: typer.Context,
    forward_to: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Call this for each task that has ended, once."),
    ] = None,
    out: OutOfMany = HERE,
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=0, max=65535, help="0 takes a free one.")
    ] = 8770,
    host: Annotated[
        str, typer.Option("--host", metavar="HOST", help="A name of this machine.")
    ] = serving.HOST,
    base_url: BaseUrl = None,
    journal: JournalFile = None,
) -> None:
    """Receive webhooks, and fetch the videos they tell of: free. Each is confirmed by the service
    first. Paths go to stdout as they come."""
    if host not in HOSTS:
        raise UsageError(f"--host is one of {', '.join(HOSTS)}: put a tunnel or a proxy in front")
    forward = Forward(forward_to) if forward_to is not None else None
    with needs("webhooks"):
        import uvicorn  # noqa: F401 # told here, before anything starts
    run = steps.begin(ctx, False, base_url, journal)
    run.files = steps.files(out, None, jobs=2)
    with _setup.required(journal, base_url) as kept:
        folder = run.files.make_folder()
        _output.warn()
        received = receiver(_setup.make_async_client(base_url, journal=kept), folder, forward)
        try:
            with serving.serving(received, port, "webhooks", host) as (url, ended):
                _output.say(f"{url} receives webhooks; Ctrl-C ends it.")
                serving.wait(ended)
        except KeyboardInterrupt:
            _output.say("ended; to fetch what no call has told:", f"  {run.again('resume')}")


def receiver(client: AsyncWeryAI, out: Path, forward: Forward | None) -> webhooks.ASGIApp:
    """An application that tells what it does, and closes its client when the server ends."""
    from weryai import webhooks

    def on_task(task: Task) -> None:
        _output.say(f"{task.id}: {task.state}")
        if forward is not None:
            forward.call(task)

    def on_video(_: Video, path: Path) -> None:
        _output.paths([path])

    inner = webhooks.app(client, out, on_task=on_task, on_video=on_video)

    async def closing(scope: Any, receive: Any, send: Any) -> None:
        async def watched() -> Any:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await client.close()
            return message

        await inner(scope, watched, send)

    return closing


@define
class Forward:
    """Calls somebody else's application, once for each task that has ended, with what the service
    says of it. Where it cannot be called, the next webhook of the task tries again, one that came
    meanwhile too.

    Attributes:
        told: tasks that were told of.
        turns: a lock for each task.
    """

    url: str
    told: set[str] = field(init=False, factory=set)
    turns: dict[str, threading.Lock] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise UsageError(f"--forward-to {self.url!r:.140} is no address of http or https")

    def call(self, task: Task) -> None:
        """Tell of a task, if it has ended and was not told of."""
        from weryai import webhooks

        if not task.done:
            return
        with self.turns.setdefault(task.id, threading.Lock()):
            if task.id in self.told:
                return
            if fault := self._fault(webhooks.dump(task)):
                _output.say(f"{task.id}: not forwarded to {self.url}: {fault}")
            else:
                self.told.add(task.id)

    def _fault(self, body: bytes) -> str | None:
        """Make a call. Why it was not taken, None if it was."""
        from http.client import HTTPException
        from urllib.error import HTTPError
        from urllib.parse import urlsplit
        from urllib.request import ProxyHandler, Request, build_opener

        try:
            here = urlsplit(self.url).hostname in HOSTS
            request = Request(self.url, body, {"Content-Type": "application/json"})  # noqa: S310
            proxies = ProxyHandler({}) if here else ProxyHandler()
            with build_opener(proxies).open(request, timeout=SECONDS):
                return None
        except HTTPError as error:  # a status above 299, and the answer, which nobody reads
            error.close()
            return str(error)
        except (OSError, HTTPException, ValueError) as error:
            return str(error) or type(error).__name__
