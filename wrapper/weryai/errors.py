"""Everything that weryai raises.

WeryAIError
├── ConfigError                  no key, a bad address, a foreign loop or process, a bad environment
├── InvalidRequestError          refused here, before anything was sent; lists every fault
│   ├── AlreadySubmittedError    an entry of the journal asks for the same; entry, and how to go on
│   ├── MediaError               a local image that is missing, cut, too large, or not an image
│   └── SpendLimitError          it may cost more than is left in its purse
├── TransportError               no answer, and it is safe to try again
├── ResponseError                the service answered no: code, HTTP status, message
│   ├── AuthenticationError      ├── PermissionDeniedError
│   ├── ParameterError           ├── ContentRejectedError
│   ├── InsufficientCreditsError ├── NotFoundError
│   ├── RateLimitError           ├── ConcurrencyLimitError
│   ├── DailyLimitError          ├── ServerError
│   └── UnexpectedResponseError  an answer that breaks the contract
├── SubmissionUnknownError       a paid request went out and its fate is not known
├── TaskFailedError              some or all videos were not made
├── WaitTimeoutError             the job still runs; wait for it again
├── DownloadError                the video exists; try the download again
├── JournalError                 the journal of what was paid for cannot be read or written
└── WebhookError                 a webhook body that cannot be read

None of them holds the key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._journal.entry import Entry
    from .results import Job, Result, Video


class UnlistedModelWarning(UserWarning):
    """The registry of models does not list the key of a request, which is sent all the same."""


class WeryAIError(Exception):
    """The base of every error of this package. They can be pickled, with all they carry.

    Attributes:
        job: the job that was waited for, where there was one: it is paid, and it goes on.
        result: its tasks when last seen, with every video that had been made.
    """

    job: Job | None = None
    result: Result | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, vars(self))


def _rebuild(kind: type[WeryAIError], args: tuple[Any, ...], state: dict[str, Any]) -> WeryAIError:
    error = kind.__new__(kind, *args)
    vars(error).update(state)
    return error


class ConfigError(WeryAIError):
    """The client cannot be used so: no key, an address that must not be used, another event loop or
    process than it was first used in, a fault of the environment. Nothing was sent."""


class InvalidRequestError(WeryAIError):
    """The request cannot be sent as it is. Nothing was submitted, nothing was charged.

    Attributes:
        faults: every fault that was found, a sentence each.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


class AlreadySubmittedError(InvalidRequestError):
    """An entry of the journal asks for the same already. Nothing was sent, nothing was charged.

    Attributes:
        entry: the entry; where its state is `unknown`, look it up and settle it, else wait for its
            job and fetch the videos.
        job: the entry's job, None where its ids are not known.
    """

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.job = entry.job
        super().__init__(
            [
                f"the same was submitted at {entry.sent_at:%Y-%m-%d %H:%M:%S} UTC, entry {entry.id}"
                f" of the journal, which is {entry.state}: {_ways_on(entry)}"
            ]
        )


def _ways_on(entry: Entry) -> str:
    if entry.state == "unknown":
        return (
            "it may be paid, so look it up on https://weryai.com/api/history, then say what you"
            f" found with `weryai jobs settle {entry.id} [TASK_ID...]`"
        )
    if entry.state == "sending":
        return "wait for its end, then `weryai resume` fetches its videos"
    return "`weryai resume` waits for it and fetches its videos"


class MediaError(InvalidRequestError):
    """A local image cannot be used: it is missing, cut, damaged, too large, or not an image."""


class SpendLimitError(InvalidRequestError):
    """It may cost more credits than are left in its purse; see `Purse`. Nothing was sent.

    Attributes:
        purse: its name.
        left: the credits that are left in it.
        price: those that it may cost; 0 where nobody knows.
        credits: those that all submissions together may cost.
    """

    def __init__(self, purse: str, left: float, price: float, credits: float) -> None:
        words = f"of the purse {purse!r} {left:g} credits are left, and this"
        may = f"may cost {price:g}" if price else "costs nobody knows how many"
        super().__init__([f"{words} {may}: give it more, or ask for less"])
        self.purse, self.left, self.price, self.credits = purse, left, price, credits


class TransportError(WeryAIError):
    """No answer came, and trying again is safe: nothing was sent, or the call costs nothing.

    Attributes:
        sent: whether the request may have reached the service.
    """

    def __init__(self, message: str, *, sent: bool = False) -> None:
        super().__init__(message)
        self.sent = sent


class ResponseError(WeryAIError):
    """The service answered, and the answer was no.

    Attributes:
        message: the service's words, empty where it gave none.
        code: the business code, such as 1011; None where the answer had none.
        http_status: the HTTP status; business codes arrive under 200.
        retry_after: seconds the service asked to wait, None where it did not.
        raw: the answer as it came.
        headers: of the answer, by their names in lower case; without cookies.
    """

    hint = ""

    def __init__(
        self,
        message: str,
        *,
        code: int | None = None,
        http_status: int = 200,
        retry_after: float | None = None,
        raw: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.message = message
        self.code = code
        self.http_status = http_status
        self.retry_after = retry_after
        self.raw = raw
        self.headers = dict(headers or {})
        super().__init__(message)

    @property
    def request_id(self) -> str | None:
        """What the service calls this request, where a header of its answer says so."""
        from ._texts import request_id

        return request_id(self.headers)

    def hide(self, cut: Callable[[str], str]) -> None:
        """Cut the key out of the service's words, should it have sent it back."""
        self.message = cut(self.message)
        self.args = (self.message,)

    def __str__(self) -> str:
        what = f"HTTP {self.http_status}" if self.code is None else f"code {self.code}"
        said = self.message or "the service gave no reason"
        what += f", request {self.request_id}" if self.request_id else ""
        return f"{said} ({what})" + (f"; {self.hint}" if self.hint else "")


class AuthenticationError(ResponseError):
    """The key was refused: HTTP 401 or 403, or code 1002 with a text about the key.

    A page behind 401 or 403 may be of an edge in front of the service: a wait goes on after one,
    and ends where the service itself says in words that the key is bad.
    """

    hint = "check WERYAI_API_KEY against the WeryAI console"


class PermissionDeniedError(ResponseError):
    """The account may not do this: codes 1009 and 1017 (needs a subscription)."""

    hint = "the account lacks this permission or a subscription"


class ParameterError(ResponseError):
    """A value was refused: HTTP 400, codes 1002, 1006 (the model), 1014 (image size), 2004."""

    hint = "change the request; the list of models tells what each one accepts"


class ContentRejectedError(ResponseError):
    """A text or an image was refused: codes 2001 and 2003, or 1002 with a text about policy."""

    hint = "change the prompt or the images; the same request will be refused again"


class InsufficientCreditsError(ResponseError):
    """Not enough credits: code 1011."""

    hint = "buy credits, then submit again; nothing was started"


class NotFoundError(ResponseError):
    """No such task or batch, or it has expired: codes 1003 and 1010."""

    hint = "check the id"


class RateLimitError(ResponseError):
    """Too many requests: HTTP 429, codes 429, 1001, 1007 (queue full) and 6002."""

    hint = "wait a minute, then go on more slowly"


class ConcurrencyLimitError(ResponseError):
    """More than 20 tasks at once: code 6010."""

    hint = "wait until one of the 20 running tasks has ended"


class DailyLimitError(ResponseError):
    """The limit of the day is used up: codes 6101 and, for uploads, 1015."""

    hint = "try again tomorrow"


class ServerError(ResponseError):
    """The service failed: any HTTP 5xx, codes 500 to 599, 6001, 6003 and 6004."""

    hint = "try again later"


class UnexpectedResponseError(ResponseError):
    """The answer breaks the contract: not JSON, the wrong shape, an undocumented status."""

    hint = "the answer is kept with this error; the API may have changed"


class SubmissionUnknownError(WeryAIError):
    """A paid request went out and its fate is not known. It is never sent again.

    The service has neither an idempotency key nor a list of tasks, so a person has to look for the
    request on https://weryai.com/api/history. With a journal, `weryai jobs settle` then writes down
    what was found, and `weryai resume` fetches it. The cause is in `__cause__`, where there is one.

    Attributes:
        reason: what came instead of an answer that can be believed.
        operation: the operationId, such as `submit_multi_image_to_video`.
        payload: the JSON that was sent.
        sent_at: when, in UTC.
        caller_id: the request's caller_id, None where it had none.
        raw: what arrived of the answer, perhaps half of it; empty where nothing did. It counts for
            nothing, and may tell the ids all the same.
        entry: the id of its entry in the journal, None without a journal.
        headers: of what arrived of an answer, as those of a ResponseError.
    """

    def __init__(
        self,
        reason: str,
        *,
        operation: str,
        payload: dict[str, Any],
        sent_at: datetime,
        raw: bytes = b"",
        entry: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.operation = operation
        self.payload = payload
        self.sent_at = sent_at
        self.caller_id: int | None = payload.get("caller_id")
        self.raw = raw
        self.entry = entry
        self.headers = dict(headers or {})

    @property
    def request_id(self) -> str | None:
        """What the service calls this request, where a header of its answer says so: to be looked
        for beside the time."""
        from ._texts import request_id

        return request_id(self.headers)

    def __str__(self) -> str:
        by = "" if self.caller_id is None else f", caller_id {self.caller_id}"
        model = self.payload.get("model", "its entry is damaged")
        keep = "if it is there, keep its task ids, and fetch it: weryai download TASK_ID..."
        if self.entry is not None:
            keep = f"then say what you found: weryai jobs settle {self.entry} [TASK_ID...]"
        return (
            f"a paid request ({model}{by}) went out, and its fate is not known: {self.reason}\n"
            f"look for {self.operation} of {self.sent_at:%Y-%m-%d %H:%M:%S} UTC on\n"
            f"  https://weryai.com/api/history\n{keep}"
        )


class TaskFailedError(WeryAIError):
    """A job has ended, and fewer videos were made than were paid for. It is told 60 s after that
    was first seen: a success may list its videos late, and a failure be none.

    Attributes:
        result: every task, with why it failed; `result.videos` are those that were made.
    """

    def __init__(self, result: Result) -> None:
        self.job = result.job
        # Always there in this class, which a reader of it may rely on.
        self.result: Result = result  # pyright: ignore[reportIncompatibleVariableOverride]
        made, tasks = len(result.videos), result.failed
        what = f"{made} of {result.expected} videos were made"
        if made >= result.expected:  # where nobody knows how many there were to be
            what = f"{len(tasks)} of {len(result.tasks)} tasks failed"
        failed = "; ".join(f"{task.id}: {task.reason}" for task in tasks)
        kept = f"; {made} finished video{'s' * (made != 1)} can be downloaded" if made else ""
        super().__init__(what + (f" ({failed})" if failed else "") + kept)


class WaitTimeoutError(WeryAIError):
    """The time to wait is over and the job still runs. Nothing is lost: wait for it again.

    Attributes:
        job: the job to wait for.
        result: its state when last seen, None if it never was.
    """

    def __init__(self, job: Job, result: Result | None, seconds: float) -> None:
        self.job: Job = job  # pyright: ignore[reportIncompatibleVariableOverride]
        self.result = result
        what = "still running"
        if result is not None and result.done:
            what = f"{len(result.videos)} of {result.expected} videos are known"
        super().__init__(f"{what} after {seconds:.0f} s: {job.name}; wait for the job again")


class DownloadError(WeryAIError):
    """Videos exist and could not be fetched. Try again; a download costs nothing. Where an address
    is gone, wait for the job again, which costs nothing either: it brings a fresh one.

    Attributes:
        video: the video, the first of them where several failed.
        failures: an error for each video that failed, in their order; one alone is its own.
        paths: the files of the others.
    """

    def __init__(
        self,
        reason: str,
        *,
        video: Video,
        paths: Sequence[Any] = (),
        failures: Sequence[DownloadError] = (),
        advice: str = "try the download again, it costs nothing",
    ) -> None:
        lines = [f"  {failure}" for failure in failures]
        one = f"{video.name}: {reason}; {advice}"
        super().__init__("\n".join([f"{reason}:", *lines]) if lines else one)
        self.video = video
        self.paths = list(paths)
        self._failures = tuple(failures)  # not itself: an error that holds itself is not pickled

    @property
    def failures(self) -> tuple[DownloadError, ...]:
        """An error for each video that failed."""
        return self._failures or (self,)

    @classmethod
    def of(
        cls, failures: Sequence[DownloadError], asked: int, paths: Sequence[Any] = ()
    ) -> DownloadError:
        """One error for all of these, at least one: itself where only one video was asked for."""
        first = failures[0]
        if asked == 1:
            return first
        words = f"{len(failures)} of {asked} videos could not be fetched"
        error = cls(words, video=first.video, paths=paths, failures=failures)
        error.__cause__ = first.__cause__
        return error


class JournalError(WeryAIError):
    """The journal cannot be read or written; its file is left as it is.

    Raised before a submission, nothing was sent. Raised after one, `job` holds what was started: it
    is paid and goes on, and its ids are in no journal.
    """


class WebhookError(WeryAIError):
    """A webhook body that cannot be read."""
