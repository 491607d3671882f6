"""Uploads: each local image once, told by its content."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Iterable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from attrs import define, field, frozen

from .._calls.bookkeeping import Bookkeeping
from .._calls.sending import Calls
from .._files.images import LocalImage, OpenImage
from .._files.preparing import Pictures
from .._service import operations
from ..errors import ParameterError, ResponseError, UnexpectedResponseError

# How long the service keeps an upload is not published; a user's pipeline went on using addresses
# for this long without a failure.
KEPT = timedelta(hours=24)
IMAGE_CODES = (1014, 2004)  # too large, a format that is not supported (V-err)

log = logging.getLogger("weryai")


@define
class CachedUpload:
    """One content: who is uploading it now, and where it is since when."""

    lock: AbstractAsyncContextManager[object]
    address: str | None = None
    at: datetime | None = None


@frozen
class Content:
    """An open local image, and the SHA-256 of what it holds."""

    file: OpenImage
    digest: str

    @property
    def place(self) -> str:
        """What its upload is known by: its content, and what was done to it since."""
        if not self.file.treatment:
            return self.digest
        return hashlib.sha256(f"{self.digest} {self.file.treatment}".encode()).hexdigest()

    @property
    def image(self) -> LocalImage:
        return self.file.image


@frozen
class Uploads:
    """The uploads of one client, remembered in its journal or else as long as it lives."""

    calls: Calls
    books: Bookkeeping
    pictures: Pictures | None = None
    known: dict[str, CachedUpload] = field(factory=dict)

    async def content(self, file: OpenImage) -> Content:
        """An image and what its content is known by. Raises MediaError."""
        return Content(file, await self.calls.io.run(file.digest))

    async def address(self, content: Content, budget: float | None = None) -> str:
        """Where a content is; it is uploaded if that is not known. Raises MediaError where the file
        is another one by now."""
        digest = content.place
        known = self.known.setdefault(digest, CachedUpload(self.calls.io.lock()))
        async with known.lock:  # whoever has the same content waits, and then finds it here
            if address := await self._remembered(digest, known):
                return address
            address = await self._send(content, budget)
            await self._remember(digest, known, address)
            return address

    async def _send(self, content: Content, budget: float | None) -> str:
        image = content.image
        log.info("uploading: %s", image.facts)
        try:
            operation = operations.upload(
                content.file, file_name=image.file_name, media_type=image.media_type
            )
            address = await self.calls.call(operation, budget)
        except ParameterError as error:
            tell(error, [image])
            raise
        except ResponseError as error:
            if error.http_status == 413:
                size = f"{image.path} ({image.size:,} bytes)"
                error.message = f"{size} is larger than the service, or a proxy on the way, accepts"
                error.hint = "make the image smaller"
            raise
        if fault := self.calls.config.private_fault(address):
            raise UnexpectedResponseError(f"the address of an upload {fault}")
        return address

    async def forget(self, addresses: Collection[str]) -> None:
        """Upload these anew the next time: the service may not have them any more."""
        for digest, known in list(self.known.items()):
            if known.address in addresses:
                await self._remember(digest, known, None)

    async def _remembered(self, digest: str, known: CachedUpload) -> str | None:
        since = self.calls.now() - KEPT
        if self.books.journal:
            known.address = await self.books.address_of(digest, since)
        elif known.at and known.at <= since:
            known.address = None
        return known.address

    async def _remember(self, digest: str, known: CachedUpload, address: str | None) -> None:
        known.address, known.at = address, self.calls.now()
        await self.books.uploaded(digest, address, known.at)


def tell(error: ResponseError, local: Iterable[LocalImage]) -> None:
    """The service refuses an image, and says neither which one nor what is possible."""
    if error.code in IMAGE_CODES:
        for image in local:
            error.add_note(f"sent was {image}")
