"""What a command may end with beside the library's errors, and the exit code of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from weryai import (
    ConfigError,
    DownloadError,
    InvalidRequestError,
    JournalError,
    ResponseError,
    SubmissionUnknownError,
    TaskFailedError,
    TransportError,
    WaitTimeoutError,
    WeryAIError,
)

from ._process.signals import HungUp, Terminated


class UsageError(WeryAIError):
    """The command line cannot be understood."""


class MissingExtraError(UsageError):
    """Packages are missing that the command needs."""


class StillRunningError(WeryAIError):
    """Videos were asked for, and not everything has ended.

    Attributes:
        entries: the ids of what is left in the journal, where that is known.
    """

    def __init__(self, message: str, entries: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.entries = list(entries) or None


EXIT_CODES: Mapping[type[BaseException], int] = {
    Exception: 1,
    JournalError: 1,
    UsageError: 2,
    ConfigError: 2,
    InvalidRequestError: 2,
    ResponseError: 3,
    DownloadError: 3,
    TransportError: 3,
    TaskFailedError: 4,
    WaitTimeoutError: 5,
    StillRunningError: 5,
    SubmissionUnknownError: 6,
    HungUp: 129,
    KeyboardInterrupt: 130,
    Terminated: 143,
}


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Turn a package that is missing while others are imported into MissingExtraError."""
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "weryai", "weryai_api"):
            raise
        raise missing(package, extra) from error


def missing(package: str, extra: str) -> MissingExtraError:
    """What is said of a package that is not installed. From a clone: this package is on no index,
    where somebody else may take its name."""
    return MissingExtraError(
        f"{package} is not installed: install weryai with its extra `{extra}`,"
        f" in a clone of it: pip install '.[{extra}]'"
    )


def exit_code(error: BaseException) -> int:
    """The exit code of the nearest class in the table."""
    return EXIT_CODES[nearest(error)]


def nearest(error: BaseException) -> type[BaseException]:
    """The nearest class of the table."""
    return next(kind for kind in type(error).__mro__ if kind in EXIT_CODES)
