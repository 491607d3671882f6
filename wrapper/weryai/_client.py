"""The blocking client: signatures and docstrings. Every rule is in `_flows`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import httpx

from ._calls.terms import Terms
from ._network import agent, clients, settings
from ._network.clock import Clock, SystemClock
from ._network.home import Home, home_of
from ._network.hops import Guard
from ._network.io import BlockingIO, finish
from ._network.key import Key

if TYPE_CHECKING:  # none of these is needed before a client is used
    from ._files.preparing import Pictures
    from ._limits import Delay, Limits
    from ._service.operations import AuthenticatedClient
    from .journal import Journal, Resumed
    from .requests import Findings, Image, VideoRequest
    from .results import Ended, Estimate, Job, Model, Result, Task, Video


class WeryAI:
    """A client of WeryAI that blocks; safe to share among threads. No connection is opened before
    the first call.

    Parameters:
        api_key: the key; WERYAI_API_KEY where it is left out. It goes to the API and the registry
            and to no other host, and is in no repr, log or error.
        base_url: the API's address; WERYAI_BASE_URL, then https://api.weryai.com.
        registry_url: the model registry's; WERYAI_REGISTRY_URL, then the vendor's own where
            base_url is the vendor's, else base_url.
        timeout: seconds that one request may take to connect, and that it may stay silent. The
            headers of its answer are here at most twice that after it was sent, the body at most
            once that after them; for a file it is twice that from each part to the next.
        retry_budget: seconds for one call with all its repeats; 0 sends once. A paid submission is
            repeated only after a refusal that made no task, never after a lost answer. Each method
            that calls the API takes one of its own.
        journal: where paid jobs are written down before and after they are sent, so that none is
            lost in a crash: a path, `postgresql://…`, or a `weryai.journal.Journal`. None keeps
            no journal.
        limits: of the account, such as `Limits()`: a submission waits for its turn, as long as that
            takes, instead of being refused. They hold among all that use the same journal, and
            among the calls of this client where it has none. None sends at once.
        check_models: whether `submit` first compares a request with what the registry says of its
            model, and refuses what that does not take. It asks once an hour for each kind of
            requests, which is free, and waits some seconds at the most: a registry that cannot be
            read stops nothing, and is left alone for ten minutes. None does it, except through a
            `transport` of your own, which answers what it was made for.
        models_file: where the registry's rows are kept for the next processes, as the command line
            does. None keeps them in this one, for all of its clients that have no transport,
            http_client or clock of their own.
        pictures: how local pictures are made ready before they are uploaded, such as `Pictures()`:
            HEIC becomes JPEG, what is turned upright, and what a camera wrote of where it was goes.
            It needs the extra `images`. None sends them as they are. What is uploaded is public at
            its address.
        app_info: what your application calls itself, such as `studio/1.2 (+https://example.com)`:
            1 to 200 ASCII characters at the end of the User-Agent of what goes to the API and the
            registry.
        transport: an httpx transport to use instead of the network, as tests do.
        http_client: an httpx.Client of your own to send with: its pool, proxies and certificates.
            It is asked for one hop a time, without its auth, cookies, headers and redirects, and
            stays open. Whatever sends a request again below it, such as a transport that retries,
            may pay twice. `api` has connections of its own.
        clock: where the time comes from, as tests do.

    Raises:
        ConfigError: no key, an address that is not https (http only on this machine), or an
            http_client of the other kind.
        JournalError: the journal is damaged, cannot be reached, or was written by a newer weryai.
    """

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
        transport: httpx.BaseTransport | None = None,
        http_client: httpx.Client | None = None,
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
        self._http = clients.client(config, transport, http_client)
        self._closes_http = http_client is None
        self._journal = bookkeeping.opened(journal)
        self._closes_journal = self._journal is not journal
        self._home = home_of(http_client, Home)
        self._io = BlockingIO(
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
        """The address of the API that it speaks to."""
        return self._base_url

    @property
    def journal(self) -> Journal | None:
        """The journal that it writes to, None where it has none."""
        return self._journal

    @property
    def api(self) -> AuthenticatedClient:
        """The generated client with the same key, API address and timeout, for anything that is
        not wrapped. It repeats nothing, and checks no address."""
        self._home.hook(None)
        if self._api is None:
            from ._service import operations

            config = self._flows.config
            made = clients.for_generated(config, self._transport, self._home.hook)
            self._api = operations.generated_client(config.base_url, config.api_key, made)
        return self._api

    def balance(self, *, retry_budget: float | None = None) -> float:
        """The credits that are left. Free. What they tell of the cost of the submissions since the
        last time is kept in the journal, for `estimate`.

        Raises:
            TransportError: no answer came, and it is safe to try again.
            ResponseError: the service said no.
        """
        return finish(lambda: self._flows.balance(retry_budget))

    def models(
        self, kind: type[VideoRequest] | None = None, *, retry_budget: float | None = None
    ) -> list[Model]:
        """What each model accepts, as the registry tells it. Free.

        Parameters:
            kind: the class of the requests that the models are for; MultiImageToVideo where it is
                left out.
            retry_budget: see `WeryAI`.

        Returns:
            the rows of their table; where the registry has none, those for one image, as the
            vendor's client does, without the models that say that they do not take such requests.

        Raises:
            InvalidRequestError: what was given cannot be used; nothing was sent.
            TransportError: no answer came, and it is safe to try again.
            ResponseError: the service said no.
        """
        return list(finish(lambda: self._flows.models(kind, retry_budget)))

    def check(self, request: VideoRequest) -> Findings:
        """What the registry says of a request, as `submit` asks it with `check_models`: free.

        Local images are looked at by `request.check()`, and nowhere here.

        Returns:
            why `submit` would refuse it, and what is not known; where the registry cannot be asked
            that is said in `not_checked`.

        Raises:
            InvalidRequestError: where it is no request.
        """
        return finish(lambda: self._flows.check(request))

    def estimate(self, request: VideoRequest) -> Estimate:
        """What is known of the cost of a request, from the journal. Free: nothing is sent, and no
        image is looked at.

        No price is published. What a kind of request costs is known once `balance` was called
        before and after one, with this journal and with nothing else of it on its way; or once a
        purse has learned it.

        Returns:
            what those of its kind have cost, how many there were, and when the last one was; one
            whose `credits` is None where that is not known, and without a journal.

        Raises:
            InvalidRequestError: where it is no request.
            JournalError: the journal cannot be read.
        """
        return finish(lambda: self._flows.estimate(request))

    def upload(self, source: Image, *, retry_budget: float | None = None) -> str:
        """Store a local jpg, png or webp file of at most 10 MB, told by its content. Free.

        Returns:
            its https address; how long it lasts is not published.

        Raises:
            MediaError: a local image that cannot be used.
            TransportError: no answer came, and it is safe to try again.
            ResponseError: the service said no.
        """
        return finish(lambda: self._flows.upload(source, retry_budget))

    def submit(
        self,
        request: VideoRequest,
        *,
        idempotency_key: str | None = None,
        refuse_repeats: bool = False,
        retry_budget: float | None = None,
        on_wait: Callable[[Delay], None] | None = None,
    ) -> Job:
        """Upload the local images, then start the job. Paid: it charges credits for each video.

        A request whose answer is lost is never sent again. A refusal that made no task (too many
        requests, queue full, 20 running tasks) is repeated within retry_budget.

        The service knows nothing of earlier requests, and neither does this client without a
        journal.

        Parameters:
            request: what to make.
            idempotency_key: a name of your own for this submission, 1 to 255 characters, kept in
                the journal until its entry is forgotten, and unique there for each base_url; it is
                never sent. A second submission of the same key and request sends nothing and
                returns the job of the first. While that is being sent, its end is waited for: in
                another process for retry_budget, in this client as long as it takes. A refused
                first one frees the key.
            refuse_repeats: refuse where the journal has an open entry of the last 24 hours with the
                same request, local images compared by their content.
            retry_budget: see `WeryAI`.
            on_wait: called with what it waits for, before each pause, where the client has limits.
                What it raises ends the wait, and nothing was sent.

        Returns:
            the job; keep its ids until the videos are fetched.

        Raises:
            MediaError: local images that cannot be used; nothing was sent.
            InvalidRequestError: an address that the service cannot reach, something that is no
                request, or what the model does not take, with what it does take; the key stands for
                another request, or its entry was settled without ids.
            AlreadySubmittedError: an open entry asks for the same, with refuse_repeats, or the
                first submission of this key is still being sent.
            ConfigError: idempotency_key or refuse_repeats without a journal.
            SubmissionUnknownError: it may have been paid; look before you submit it again. With a
                key it is also raised for a first submission whose fate is not known.
            JournalError: the journal failed: before the submission, and nothing was sent, or after
                it, with the ids in `job`.
            ResponseError: the service refused it; nothing was charged as far as it says.
            TransportError: it was never sent.
        """
        return finish(
            lambda: self._flows.submit(
                request, Terms(idempotency_key, refuse_repeats, retry_budget, on_wait)
            )
        )

    def status(self, task_id: str, *, retry_budget: float | None = None) -> Task:
        """The state of one task. Free.

        Raises:
            InvalidRequestError: what was given cannot be used; nothing was sent.
            TransportError: no answer came, and it is safe to try again.
            NotFoundError: there is none of this id.
            UnexpectedResponseError: the answer is of another task.
            ResponseError: the service said no.
        """
        return finish(lambda: self._flows.status(task_id, retry_budget))

    def batch_status(self, batch_id: str, *, retry_budget: float | None = None) -> list[Task]:
        """The state of every task of a batch. Free.

        Raises:
            InvalidRequestError: what was given cannot be used; nothing was sent.
            TransportError: no answer came, and it is safe to try again.
            NotFoundError: there is none of this id.
            ResponseError: the service said no.
        """
        return list(finish(lambda: self._flows.batch_status(batch_id, retry_budget)))

    def confirm(self, body: bytes, *, retry_budget: float | None = None) -> Task:
        """Read the body of a webhook, and ask the service whether it is true. Free.

        The calls of webhooks are unsigned: anybody who knows the address can make one. What counts
        is the answer, and nothing that the body says but the id of its task.

        Parameters:
            body: as it arrived, at most 1 MB.

        Returns:
            the task as the service tells it.

        Raises:
            WebhookError: it cannot be read, or speaks of a task that the service does not know.
            TransportError: no answer came, and it is safe to try again.
            ResponseError: the service said no.
        """
        return finish(lambda: self._flows.confirm(body, retry_budget))

    def wait(
        self,
        job: Job | str | Sequence[str],
        *,
        timeout: float = settings.WAIT_TIMEOUT,
        on_update: Callable[[Result], None] | None = None,
    ) -> Result:
        """Poll until the job is complete. Free, and it never submits.

        A job is its batch and its tasks, those too that the batch alone names. It is complete when
        all have ended and as many videos are known as were paid for (`Job.video_number`; where that
        is None, at least one of each task). What ended short of that is looked at for 60 s more: a
        success may list its videos late, and a failure be none. A video keeps the name that it
        first got.

        Lost and failed polls do not end it; a refused key does, and so does an id that is not
        found, once the job is older than a minute, or this wait where its age is not known, unless
        all videos that were paid for are there.

        Parameters:
            job: from `submit`; or the id of a task, or a list of ids.
            timeout: seconds; the pauses grow from about 3 to at most 15. With 0 it looks once:
                several short waits of one client count as one.
            on_update: called with the state after each round of polls.

        Returns:
            every task, and every video that was paid for.

        Raises:
            TaskFailedError: the job has ended short of what was paid for; what was made is in
                `.result`.
            WaitTimeoutError: it is not complete yet; wait for `.job` again.
            AuthenticationError: a refusal that can never change. Like every error of a wait it
                carries `.job`, and in `.result` the tasks as last seen.
            NotFoundError: likewise.
            InvalidRequestError: what was given is no job, or timeout no number of seconds.
        """
        return finish(lambda: self._flows.wait(job, timeout, on_update))

    def wait_all(
        self,
        jobs: Iterable[Job | str | Sequence[str]],
        *,
        timeout: float = settings.WAIT_TIMEOUT,
        on_update: Callable[[Result], None] | None = None,
    ) -> Iterator[Ended]:
        """Wait for many jobs at once, by the rules of `wait`. Free, and it never submits.

        One poll tells of all jobs of a batch. This client polls in the thread that asks for the
        next end, one poll after another; `AsyncWeryAI` has at most 20 in flight. It polls only
        while the next end is asked for, and may be left at any time.

        Parameters:
            jobs: each as `wait` takes it; one that is given twice is told once.
            timeout: seconds from now, for all of them together. Each is looked at once, even later.
            on_update: called with the state of a job after each round of its polls.

        Returns:
            the end of each job, in the order in which they come. An end that `wait` would have
            raised is told in `Ended.error`, and stops no other; the videos that were made are in
            `Ended.result`, then too.

        Raises:
            InvalidRequestError: at once, as `wait` does.
            ConfigError: the client cannot be used here.
        """
        waits = self._flows.wait_all(jobs, timeout, on_update)
        return iter(lambda: finish(waits.next), None)

    def generate(
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
        """`submit`, then `wait`. Paid, and raises what those two raise."""
        return finish(
            lambda: self._flows.generate(
                request,
                timeout,
                on_update,
                Terms(idempotency_key, refuse_repeats, retry_budget, on_wait),
            )
        )

    def download(
        self,
        source: Result | Task | Video | Iterable[Result | Task | Video],
        directory: str | os.PathLike[str],
        *,
        names: Sequence[str] | None = None,
        on_progress: Callable[[Video, int, int | None], None] | None = None,
    ) -> list[Path]:
        """Fetch videos to `directory`, each named after its task. Free, and it never submits.

        A file appears under its name only when all of it is there, which an MP4, a QuickTime film
        or a WebM tells itself, whatever the server said. Another file of that name stays
        as it is, and the video becomes `task_1~2.mp4`; the same video stays the file it is. What
        breaks is tried again until a minute brings nothing; it goes on where it broke, in a later
        download to the same directory too, from hidden `.part` files that may be deleted. The key
        is not sent. One video that fails does not stop the others.

        Parameters:
            source: what `wait` or `status` has returned, or videos of it; a job has none yet.
            directory: a folder, which is made if need be; `~` is a name like any other.
            names: of the files, one for each video, instead of those of their tasks: `film.mp4`,
                or `film`, which gets the suffix of its video, or `shots/film` in a folder below.
            on_progress: called with a video, how many of its bytes are here and how many there
                are, None where nobody said, after each megabyte and at the end.

        Returns:
            the paths, in the order of the videos.

        Raises:
            DownloadError: `failures` has each video that could not be fetched, `paths` the others.
            InvalidRequestError: what was given is no video, no folder, or no names for them.
        """
        return finish(lambda: self._flows.download(source, directory, names, on_progress))

    def resume(
        self,
        directory: str | os.PathLike[str],
        *,
        timeout: float = settings.WAIT_TIMEOUT,
        on_update: Callable[[Result], None] | None = None,
    ) -> Iterator[Resumed]:
        """Go on with all that was paid for and is not fetched: wait for each open job of the
        journal, and fetch its videos. Free, and it never submits.

        Jobs of this client's base_url alone. One that another process fetches meanwhile is left to
        it, and one whose fate is unknown to a person: `journal.entries(state="unknown")`. As with
        `wait_all`, it works only while the next end is asked for, and may be left at any time.

        Parameters:
            directory: see `download`.
            timeout: seconds from the first end that is asked for, for all of them together; with 0
                each is looked at once, and what is there is fetched.
            on_update: called with the state of a job after each round of its polls.

        Returns:
            the entries, in the order in which they end, each with the files that were fetched.
            What `wait` or `download` would have raised is told in `Resumed.error`, and stops no
            other.

        Raises:
            ConfigError: at once where the client has no journal, or cannot be used here.
            InvalidRequestError: at once, as `wait` and `download` do.
            JournalError: the journal cannot be read or written.
        """
        left = self._flows.resume(directory, timeout, on_update)
        return iter(lambda: finish(left.next), None)

    def close(self) -> None:
        """Close the connections, and the journal if it was given as a path. In a process that was
        forked from its own it leaves both alone: they are the other's."""
        if not self._home.is_process:
            return
        self._io.closed = True
        if self._closes_http:
            self._http.close()
        if self._api is not None:
            self._api.get_httpx_client().close()
        if self._journal is not None and self._closes_journal:
            self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"WeryAI(base_url={self.base_url!r})"
