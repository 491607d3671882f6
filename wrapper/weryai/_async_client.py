"""The client for asyncio and trio: the signatures of the blocking one, which has the docstrings."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import httpx

from ._calls.terms import Terms
from ._network import agent, clients, settings
from ._network.clock import Clock, SystemClock
from ._network.home import LoopHome, home_of
from ._network.hops import Guard
from ._network.io import AsyncIO
from ._network.key import Key

if TYPE_CHECKING:  # none of these is needed before a client is used
    from ._files.preparing import Pictures
    from ._limits import Delay, Limits
    from ._service.operations import AuthenticatedClient
    from .journal import Journal, Resumed
    from .requests import Findings, Image, VideoRequest
    from .results import Ended, Estimate, Job, Model, Result, Task, Video


class AsyncWeryAI:
    """The same client for asyncio and trio: the parameters, methods and errors of `WeryAI`. It
    belongs to the event loop of its first use: make one for each `asyncio.run`."""

    _base_url = ""  # of one that could not be made

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        registry_url: str | None = None,
        timeout: float = 30.0,
        retry_budget: float = settings.RETRY_BUDGET,
        journal: Journal | str | os.PathLike[str] | None = None,
        limits: Limits | None = None,
        check_models: bool | None = None,
        models_file: str | os.PathLike[str] | None = None,
        pictures: Pictures | None = None,
        app_info: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        http_client: httpx.AsyncClient | None = None,
        clock: Clock | None = None,
    ) -> None:
        # Loaded when a client is made: who imports an error, a request or a result needs none.
        from ._calls import bookkeeping
        from ._flows.flows import Flows
        from ._flows.registry import checking

        key, api_key = (
            Key(api_key or None),
            None,
        )  # no traceback shows a local variable of it
        config = settings.load(
            key, base_url, registry_url, timeout, retry_budget, agent.headers(app_info)
        )
        self._base_url = config.base_url
        self._http = clients.async_client(config, transport, http_client)
        self._closes_http = http_client is None
        self._journal = bookkeeping.opened(journal)
        self._closes_journal = self._journal is not journal
        self._home = home_of(http_client, LoopHome)
        self._io = AsyncIO(
            self._http, Guard(config), config.timeout, clock or SystemClock(), self._home
        )
        checks = checking(
            check_models, models_file, transport=transport, others=(http_client, clock)
        )
        self._flows = Flows(self._io, config, self._journal, limits, checks, pictures)
        self._transport = transport
        self._api: AuthenticatedClient | None = None

    @property
    def base_url(self) -> str:
        """See `WeryAI.base_url`."""
        return self._base_url

    @property
    def journal(self) -> Journal | None:
        """See `WeryAI.journal`."""
        return self._journal

    @property
    def api(self) -> AuthenticatedClient:
        """See `WeryAI.api`; its async functions."""
        self._home.hook(None)
        if self._api is None:
            from ._service import operations

            config = self._flows.config
            made = clients.for_generated(config, self._transport, self._home.hook)
            self._api = operations.generated_client(config.base_url, config.api_key, made)
        return self._api

    async def balance(self, *, retry_budget: float | None = None) -> float:
        """See `WeryAI.balance`. Free."""
        return await self._flows.balance(retry_budget)

    async def models(
        self, kind: type[VideoRequest] | None = None, *, retry_budget: float | None = None
    ) -> list[Model]:
        """See `WeryAI.models`. Free."""
        return list(await self._flows.models(kind, retry_budget))

    async def check(self, request: VideoRequest) -> Findings:
        """See `WeryAI.check`. Free."""
        return await self._flows.check(request)

    async def estimate(self, request: VideoRequest) -> Estimate:
        """See `WeryAI.estimate`. Free."""
        return await self._flows.estimate(request)

    async def upload(self, source: Image, *, retry_budget: float | None = None) -> str:
        """See `WeryAI.upload`. Free."""
        return await self._flows.upload(source, retry_budget)

    async def submit(
        self,
        request: VideoRequest,
        *,
        idempotency_key: str | None = None,
        refuse_repeats: bool = False,
        retry_budget: float | None = None,
        on_wait: Callable[[Delay], None] | None = None,
    ) -> Job:
        """See `WeryAI.submit`. Paid."""
        return await self._flows.submit(
            request, Terms(idempotency_key, refuse_repeats, retry_budget, on_wait)
        )

    async def status(self, task_id: str, *, retry_budget: float | None = None) -> Task:
        """See `WeryAI.status`. Free."""
        return await self._flows.status(task_id, retry_budget)

    async def batch_status(self, batch_id: str, *, retry_budget: float | None = None) -> list[Task]:
        """See `WeryAI.batch_status`. Free."""
        return list(await self._flows.batch_status(batch_id, retry_budget))

    async def confirm(self, body: bytes, *, retry_budget: float | None = None) -> Task:
        """See `WeryAI.confirm`. Free."""
        return await self._flows.confirm(body, retry_budget)

    async def wait(
        self,
        job: Job | str | Sequence[str],
        *,
        timeout: float = settings.WAIT_TIMEOUT,
        on_update: Callable[[Result], None] | None = None,
    ) -> Result:
        """See `WeryAI.wait`. Free."""
        return await self._flows.wait(job, timeout, on_update)

    def wait_all(
        self,
        jobs: Iterable[Job | str | Sequence[str]],
        *,
        timeout: float = settings.WAIT_TIMEOUT,
        on_update: Callable[[Result], None] | None = None,
    ) -> AsyncIterator[Ended]:
        """See `WeryAI.wait_all`. Free."""
        return self._flows.wait_all(jobs, timeout, on_update)

    async def generate(
        self,
        request: VideoRequest,
        *,
        timeout: float = settings.WAIT_TIMEOUT,
        on_update: Callable[[Result], None] | None = None,
        idempotency_key: str | None = None,
        refuse_repeats: bool = False,
        retry_budget: float | None = None,
        on_wait: Callable[[Delay], None] | None = None,
    ) -> Result:
        """See `WeryAI.generate`. Paid."""
        return await self._flows.generate(
            request,
            timeout,
            on_update,
            Terms(idempotency_key, refuse_repeats, retry_budget, on_wait),
        )

    async def download(
        self,
        source: Result | Task | Video | Iterable[Result | Task | Video],
        directory: str | os.PathLike[str],
        *,
        names: Sequence[str] | None = None,
        on_progress: Callable[[Video, int, int | None], None] | None = None,
    ) -> list[Path]:
        """See `WeryAI.download`; `on_progress` is called in a thread. Free."""
        return await self._flows.download(source, directory, names, on_progress)

    def resume(
        self,
        directory: str | os.PathLike[str],
        *,
        timeout: float = settings.WAIT_TIMEOUT,
        on_update: Callable[[Result], None] | None = None,
    ) -> AsyncIterator[Resumed]:
        """See `WeryAI.resume`. Free."""
        return self._flows.resume(directory, timeout, on_update)

    async def close(self) -> None:
        """Close the connections, and the journal if it was given as a path. It leaves to another
        process both, and to another event loop the connections: nothing else can close them."""
        if self._home.is_here:
            self._io.closed = True
            if self._closes_http:
                await self._http.aclose()
            if self._api is not None:
                await self._api.get_async_httpx_client().aclose()
        if self._home.is_process and self._journal is not None and self._closes_journal:
            self._journal.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"AsyncWeryAI(base_url={self.base_url!r})"
