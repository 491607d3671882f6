"""Turn images into video with WeryAI's HTTP API: paid once, nothing lost."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as `typing` has it, which takes a while to load
if TYPE_CHECKING:
    from . import webhooks
    from ._async_client import AsyncWeryAI
    from ._client import WeryAI
    from ._files.images import LocalImage
    from ._files.preparing import Pictures
    from ._limits import Delay, Limits, Purse
    from ._network.clock import Clock, SystemClock
    from ._plain import Plain
    from ._service.endpoints import REQUESTS
    from .errors import (
        AlreadySubmittedError,
        AuthenticationError,
        ConcurrencyLimitError,
        ConfigError,
        ContentRejectedError,
        DailyLimitError,
        DownloadError,
        InsufficientCreditsError,
        InvalidRequestError,
        JournalError,
        MediaError,
        NotFoundError,
        ParameterError,
        PermissionDeniedError,
        RateLimitError,
        ResponseError,
        ServerError,
        SpendLimitError,
        SubmissionUnknownError,
        TaskFailedError,
        TransportError,
        UnexpectedResponseError,
        UnlistedModelWarning,
        WaitTimeoutError,
        WebhookError,
        WeryAIError,
    )
    from .requests import FirstLastFrameToVideo, ImageToVideo, MultiImageToVideo
    from .results import Ended, Estimate, Job, Model, Result, Task, Video

    __version__: str

__all__ = [
    "REQUESTS",
    "AlreadySubmittedError",
    "AsyncWeryAI",
    "AuthenticationError",
    "Clock",
    "ConcurrencyLimitError",
    "ConfigError",
    "ContentRejectedError",
    "DailyLimitError",
    "Delay",
    "DownloadError",
    "Ended",
    "Estimate",
    "FirstLastFrameToVideo",
    "ImageToVideo",
    "InsufficientCreditsError",
    "InvalidRequestError",
    "Job",
    "JournalError",
    "Limits",
    "LocalImage",
    "MediaError",
    "Model",
    "MultiImageToVideo",
    "NotFoundError",
    "ParameterError",
    "PermissionDeniedError",
    "Pictures",
    "Plain",
    "Purse",
    "RateLimitError",
    "ResponseError",
    "Result",
    "ServerError",
    "SpendLimitError",
    "SubmissionUnknownError",
    "SystemClock",
    "Task",
    "TaskFailedError",
    "TransportError",
    "UnexpectedResponseError",
    "UnlistedModelWarning",
    "Video",
    "WaitTimeoutError",
    "WebhookError",
    "WeryAI",
    "WeryAIError",
    "webhooks",
]

if not TYPE_CHECKING:
    # Where each public name is at home; errors are in `errors`. Nothing is loaded before it is
    # used: who looks at an error or checks a request needs no network.
    _HOMES = {
        "REQUESTS": "_service.endpoints",
        "AsyncWeryAI": "_async_client",
        "Clock": "_network.clock",
        "Delay": "_limits",
        "Ended": "results",
        "Estimate": "results",
        "FirstLastFrameToVideo": "requests",
        "ImageToVideo": "requests",
        "Job": "results",
        "Limits": "_limits",
        "LocalImage": "_files.images",
        "Model": "results",
        "MultiImageToVideo": "requests",
        "Pictures": "_files.preparing",
        "Plain": "_plain",
        "Purse": "_limits",
        "Result": "results",
        "SystemClock": "_network.clock",
        "Task": "results",
        "Video": "results",
        "WeryAI": "_client",
    }
    _MODULES = {"errors", "journal", "requests", "results", "webhooks"}

    def __getattr__(name: str) -> object:
        if name == "__version__":
            return import_module("._version", __name__).VERSION
        if name not in (*__all__, *_MODULES):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        _be_quiet()
        if name in _MODULES:
            return import_module(f".{name}", __name__)
        home = import_module(f".{_HOMES.get(name, 'errors')}", __name__)
        found = globals()[name] = getattr(home, name)
        return found

    def _be_quiet() -> None:
        """Unless whoever uses it sets up logging. Not before: Ctrl-C while `weryai` starts would
        show where it was."""
        import logging

        log = logging.getLogger("weryai")
        if not log.handlers:
            log.addHandler(logging.NullHandler())

    def __dir__() -> list[str]:
        return [*__all__]
