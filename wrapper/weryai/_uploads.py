"""Uploads: each local image once, told by its content."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from . import _media, _wire
from ._calls import Calls
from .errors import MediaError

if TYPE_CHECKING:
    from .journal import Journal

# How long the service keeps an upload is not published; a user's pipeline went on using addresses
# for this long without a failure.
KEPT = timedelta(hours=24)


@define
class Known:
    """One content: who is uploading it now, and where it is since when."""

    lock: AbstractAsyncContextManager[object]
    address: str | None = None
    at: datetime | None = None


@frozen
class Uploads:
    """The uploads of one client, remembered in its journal or else as long as it lives."""

    calls: Calls
    journal: Journal | None = None
    known: dict[str, Known] = field(factory=dict)

    async def address(self, image: _media.LocalImage, budget: float | None = None) -> str:
        """Where the content of an image is; it is uploaded if that is not known."""
        run = self.calls.io.run
        try:
            content = await run(_media.open_image, image)
        except OSError as error:
            raise MediaError([f"{image.path}: cannot be read ({error})"]) from error
        try:
            stamp = await run(_media.stamp, image)
            digest = await run(_media.digest, content)
            known = self.known.setdefault(digest, Known(self.calls.io.lock()))
            async with known.lock:  # whoever has the same content waits, and then finds it here
                if address := await self._remembered(digest, known):
                    return address
                address = await self.calls.call(_wire.upload(image, content), budget)
                if stamp and await run(_media.stamp, image) == stamp:  # what was hashed was sent
                    await self._remember(digest, known, address)
                return address
        finally:
            await run(content.close)

    async def forget(self, addresses: Collection[str]) -> None:
        """Upload these anew the next time: the service may not have them any more."""
        for digest, known in list(self.known.items()):
            if known.address in addresses:
                await self._remember(digest, known, None)

    async def _remembered(self, digest: str, known: Known) -> str | None:
        since = self.calls.now() - KEPT
        if self.journal:
            base_url = self.calls.config.base_url
            known.address = await self.calls.io.run(
                self.journal.address_of, base_url, digest, since
            )
        elif known.at and known.at <= since:
            known.address = None
        return known.address

    async def _remember(self, digest: str, known: Known, address: str | None) -> None:
        known.address, known.at = address, self.calls.now()
        if self.journal:
            base_url = self.calls.config.base_url
            await self.calls.io.run(self.journal.uploaded, base_url, digest, address, known.at)
