"""SIGTERM and SIGHUP end a command as Ctrl-C does: an exception, and then words."""

from __future__ import annotations

import signal
import sys
import threading
import weakref
from types import FrameType, TracebackType
from typing import Any, Self


class Interrupted(KeyboardInterrupt):
    """Ctrl-C: SIGINT."""


class Terminated(KeyboardInterrupt):
    """SIGTERM, as `kill`, `timeout` and service managers send it."""


class HungUp(KeyboardInterrupt):
    """SIGHUP: the terminal is gone."""


KINDS = {"SIGINT": Interrupted, "SIGTERM": Terminated, "SIGHUP": HungUp}
USUAL = (signal.SIG_DFL, signal.default_int_handler)
AGAIN = 0.05  # seconds


class Signals:
    """Turns signals into exceptions of the main thread, one at a time.

    While one is on its way, what it stops is being written down and told: a further signal must not
    cut that short. It is on its way as long as it exists. One that is gone before the end was
    swallowed, as by a callback of the garbage collector, in which exceptions are printed and
    dropped: the signal comes again a moment later, and nothing is printed of it.

    A signal that is ignored, as by nohup, or that the program around this has a handler for, stays
    with them.

    Parameters:
        last: nothing follows in this process. What has ended is ended: from then on a signal is
            ignored, until the interpreter is gone too. Else the handlers from before are put back.
    """

    def __init__(self, *, last: bool = False) -> None:
        self._last = last
        self._before: dict[int, Any] = {}
        self._raised: weakref.ref[KeyboardInterrupt] | None = None
        self._held = False

    def hold(self) -> None:
        """Let no further signal stop anything: the command has ended, or its end is being told."""
        self._held = True

    def _gone(self, number: int) -> None:
        if not self._held:
            again = threading.Timer(AGAIN, self._send, (number,))
            again.daemon = True
            again.start()

    def _send(self, number: int) -> None:
        if not self._held:  # to this thread, whose sleep it ends
            signal.pthread_kill(threading.main_thread().ident or 0, number)

    def _unraisable(self, what: Any) -> None:
        if not isinstance(what.exc_value, tuple(KINDS.values())):
            self._hook(what)

    def __enter__(self) -> Self:
        self._hook, sys.unraisablehook = sys.unraisablehook, self._unraisable
        if threading.current_thread() is threading.main_thread():
            for name in KINDS:
                number = getattr(signal, name, None)  # Windows has no SIGHUP
                if number is not None and signal.getsignal(number) in USUAL:
                    self._before[number] = signal.signal(number, self._arrive)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._held = True
        sys.unraisablehook = self._hook
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_IGN if self._last else handler)

    def _arrive(self, number: int, frame: FrameType | None) -> None:
        if not self._held and (self._raised is None or self._raised() is None):
            raise self._new(number)

    def _new(self, number: int) -> KeyboardInterrupt:
        # Not in a variable of `_arrive`: its traceback would keep the exception in existence.
        error = KINDS[signal.Signals(number).name]()
        self._raised = weakref.ref(error, lambda _: self._gone(number))
        return error
