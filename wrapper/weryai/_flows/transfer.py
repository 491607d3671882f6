"""The answers to the requests for one file: what their headers say, and what they bring of it."""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .._files.partial import PartialFile
from .._network import codings, failures
from .._network.codings import Unpacking
from ..errors import TransportError

if TYPE_CHECKING:
    import httpx

# A transfer that brings less than this is as good as lost: a new connection is often quick. Bytes a
# second, and the seconds over which they are counted, which are half the minute that a download may
# make no headway: a second connection gets its chance.
SLOWEST = 1024
SLOW_FOR = 30.0
# Bytes that count as headway.
HEADWAY = int(SLOWEST * SLOW_FOR)


class Transfer:
    """A `BodySink`: the answers to the requests for one file, one after another.

    Parameters:
        told: is told how many bytes are here, and of how many, each time that some were written.
    """

    def __init__(
        self, file: PartialFile, told: Callable[[int, int | None], None] | None = None
    ) -> None:
        self.file = file
        self._told = told
        self._unpacking: Unpacking | None = None
        self._ended = True
        self._since, self._recent = 0.0, 0

    def headers(self) -> dict[str, str]:
        """What to ask for: the rest, if it is a rest of the same file, and else the whole."""
        # The length can only be checked on bytes that were not compressed on their way.
        plain = {"Accept-Encoding": "identity"}
        if not self.file.resumable:
            return plain
        return plain | {"Range": f"bytes={self.file.size}-", "If-Range": str(self.file.validator)}

    def begin(self, response: httpx.Response) -> None:
        """Get ready for the body of an answer. Raises where it is not wanted."""
        if response.status_code == 200:
            self._start_anew(response)
        elif response.status_code not in (206, 416) or not self.file.resumable:
            failures.raise_for_download(response)
        elif response.status_code == 416 or not self._goes_on(response.headers):
            self.file.forget()
            raise TransportError("the server has another file now; it starts anew", sent=True)
        self._since, self._recent = time.monotonic(), 0

    def add(self, chunk: bytes) -> bool:
        """Take what arrived. Returns whether it should be written, and then nothing be added to
        it, for there may be more; raises where it drips."""
        self.file.add(self._unpacked(chunk))
        self._recent += len(chunk)
        now = time.monotonic()  # the network knows no clock of a test
        if now - self._since >= SLOW_FOR:
            if self._recent < SLOWEST * SLOW_FOR:
                raise TransportError(f"only {self._recent} bytes in {SLOW_FOR:g} s", sent=True)
            self._since, self._recent = now, 0
        return self.file.room <= 0

    def write(self) -> None:
        """Write what was taken."""
        self.file.write()
        if self._told is not None:
            self._told(self.file.size, self.file.total)

    def finish(self) -> Path:
        """Give the file its name. Returns the path; see `PartialFile.finish`."""
        if self._unpacking is not None and not self._unpacking.ended:
            self.file.forget()
            raise TransportError("the compressed answer ends early", sent=True)
        return self.file.finish(ended=self._ended)

    def _start_anew(self, response: httpx.Response) -> None:
        headers = response.headers
        length = headers.get("Content-Length", "")
        self._unpacking = codings.unpacking(response)
        # With none of these a lost connection looks like the end.
        self._ended = bool(length or "Transfer-Encoding" in headers or self._unpacking)
        if not _is_coded(headers) and re.fullmatch("[0-9]{1,18}", length):
            self.file.start(int(length), _validator(headers))
        else:
            self.file.start(None, None)

    def _unpacked(self, chunk: bytes) -> bytes:
        if self._unpacking is None:
            return chunk
        try:
            return self._unpacking.feed(chunk, self.file.room)
        except zlib.error as error:
            raise TransportError(f"the compressed answer is damaged ({error})", sent=True) from None

    def _goes_on(self, headers: httpx.Headers) -> bool:
        """Whether a 206 brings what was asked for. Some servers ignore If-Range, and one that does
        not name the version may have joined two."""
        asked = rf"bytes {self.file.size}-[0-9]+/{self.file.total}"
        fits = re.fullmatch(asked, headers.get("Content-Range", ""))
        name = "ETag" if str(self.file.validator).startswith('"') else "Last-Modified"
        same = headers.get(name) == self.file.validator
        return bool(fits) and same and not _is_coded(headers)


def _is_coded(headers: Mapping[str, str]) -> bool:
    return headers.get("Content-Encoding", "identity").lower() != "identity"


def _validator(headers: httpx.Headers) -> str | None:
    """What tells, byte for byte, whether a file is still the same (RFC 9110, 8.8.1): a strong ETag,
    else a date of change that no second change can share, being older than the answer."""
    etag = str(headers.get("ETag", ""))
    if re.fullmatch(r'"[\x21\x23-\x7e]*"', etag):
        return etag
    changed = str(headers.get("Last-Modified", ""))
    with suppress(ValueError, TypeError, OverflowError):
        age = parsedate_to_datetime(headers.get("Date", "")) - parsedate_to_datetime(changed)
        if age >= timedelta(seconds=1):
            return changed
    return None
