"""Where a client belongs: to the process, and an async one to the event loop, of its first use.

Behind a pooled connection stands one of each. After a fork two processes would read each other's
answers from it, and another loop would send on it and never hear of the answer: a job that is paid
and lost. So a client says so before it sends or writes anything elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Generator
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from ..errors import ConfigError

OTHER_PROCESS = (
    "this client belongs to the process that used it first: make a client in each process,"
    " after the fork"
)
OTHER_LOOP = (
    "this client belongs to the event loop that used it first: make a client for each event loop,"
    " such as in each asyncio.run"
)
NO_LOOP = "an async client works on asyncio and on trio, and neither runs here: use WeryAI instead"


class Home:
    """The process of a blocking client; its threads may share it."""

    def __init__(self) -> None:
        self._process: int | None = None

    def require(self) -> None:
        """Settle here, at the first use. Raises ConfigError where it has settled elsewhere."""
        if self._process is None:
            self._process = os.getpid()
        if not self.is_process:
            raise ConfigError(OTHER_PROCESS)

    @property
    def is_process(self) -> bool:
        """Whether this is its process, or may become it."""
        return self._process in (None, os.getpid())

    @property
    def is_here(self) -> bool:
        """Whether this is the place where its connections may be closed."""
        return self.is_process

    def hook(self, _: object) -> Awaitable[None]:
        """`require`, as the event hook of an httpx client, blocking or async."""
        self.require()
        return _Done()


class LoopHome(Home):
    """The process of an async client, and its event loop there."""

    def __init__(self) -> None:
        super().__init__()
        self._loop: dict[str, object] = {}

    def require(self) -> None:
        super().require()
        mark = _loop_mark()
        if mark is None:
            raise ConfigError(NO_LOOP)
        if self._loop.setdefault("mark", mark) is not mark:
            raise ConfigError(OTHER_LOOP)

    @property
    def is_here(self) -> bool:
        return self.is_process and self._loop.get("mark") in (None, _loop_mark())

    def hook(self, _: object) -> Awaitable[None]:
        # A blocking call of the generated client needs no loop.
        if _loop_mark() is not None:
            return super().hook(_)
        super().require()
        return _Done()


H = TypeVar("H", bound=Home)
_HOMES: WeakKeyDictionary[object, Any] = WeakKeyDictionary()


def home_of(http: object | None, kind: type[H]) -> H:
    """A home of this kind; all that share a client of httpx share its home."""
    if http is None:
        return kind()
    home: H = _HOMES.setdefault(http, kind())
    return home


_MARKS: dict[str, Any] = {}


def _loop_mark() -> object | None:
    """What tells the loop that runs here from all others, None where none runs that anyio knows.

    It is kept with the loop and goes with it: the id of a loop would come again.
    """
    from anyio.lowlevel import RunVar

    marks = _MARKS.setdefault("of loops", RunVar("weryai"))
    try:
        mark: object | None = marks.get(None)
        if mark is None:
            mark = object()
            marks.set(mark)
    except (RuntimeError, LookupError, ImportError):
        return None
    return mark


class _Done:
    def __await__(self) -> Generator[None, None, None]:
        yield from ()
