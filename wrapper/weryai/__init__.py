"""Turn images into video with WeryAI's HTTP API: paid once, nothing lost."""

from __future__ import annotations

import logging

from . import webhooks
from ._async_client import AsyncWeryAI
from ._client import WeryAI
from ._files.images import LocalImage
from ._network.clock import Clock, SystemClock
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
    SubmissionUnknownError,
    TaskFailedError,
    TransportError,
    UnexpectedResponseError,
    WaitTimeoutError,
    WebhookError,
    WeryAIError,
)
from .requests import FirstLastFrameToVideo, ImageToVideo, MultiImageToVideo
from .results import Job, Model, Result, Task, Video

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
    "DownloadError",
    "FirstLastFrameToVideo",
    "ImageToVideo",
    "InsufficientCreditsError",
    "InvalidRequestError",
    "Job",
    "JournalError",
    "LocalImage",
    "MediaError",
    "Model",
    "MultiImageToVideo",
    "NotFoundError",
    "ParameterError",
    "PermissionDeniedError",
    "RateLimitError",
    "ResponseError",
    "Result",
    "ServerError",
    "SubmissionUnknownError",
    "SystemClock",
    "Task",
    "TaskFailedError",
    "TransportError",
    "UnexpectedResponseError",
    "Video",
    "WaitTimeoutError",
    "WebhookError",
    "WeryAI",
    "WeryAIError",
    "webhooks",
]

# Quiet, unless whoever uses it sets up logging.
logging.getLogger("weryai").addHandler(logging.NullHandler())


def __getattr__(name: str) -> str:
    if name == "__version__":
        from importlib.metadata import version

        return version("weryai")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
