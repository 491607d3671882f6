"""Submissions: upload what is local, then pay, and neither twice for the same."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any, TypeGuard

from attrs import define, field

from .._calls import arguments
from .._calls.bookkeeping import Asked, Bookkeeping
from .._calls.paying import Payments
from .._calls.repeats import RECENT, Repeats
from .._calls.sending import Calls
from .._calls.spending import Spending
from .._calls.terms import Terms
from .._calls.turns import Turns
from .._files.images import OpenImage
from .._service import operations
from .._service.endpoints import Endpoint, endpoint_of
from .._service.operations import Operation
from .._service.replies import Receipt
from .._texts import is_address
from ..errors import AlreadySubmittedError, NotFoundError, ParameterError
from ..requests import Image, VideoRequest, fingerprint
from ..results import Job
from .registry import Registry
from .uploading import Content, Uploads, tell

# What may be logged as it is. All else is the user's own business: only its size is told.
TOLD = (
    "model",
    "aspect_ratio",
    "duration",
    "resolution",
    "video_number",
    "generate_audio",
)

log = logging.getLogger("weryai")


@define
class Submissions:
    """The submissions of one client."""

    calls: Calls
    books: Bookkeeping
    registry: Registry
    uploads: Uploads
    turns: Turns
    spending: Spending
    payments: Payments = field(init=False)
    repeats: Repeats = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.payments = Payments(self.calls, self.books, self.turns, self.spending)
        self.repeats = Repeats(self.calls, self.books)

    async def submit(self, request: VideoRequest, terms: Terms) -> Job:
        """See `WeryAI.submit`. Each local image is opened once, and read from there until it is
        sent: whatever takes the place of its name meanwhile is not."""
        endpoint = endpoint_of(request)
        self.require(terms)
        patience = self.calls.budget(terms.budget)
        with ExitStack() as opened:
            images = await self._images(request, opened)
            same = self._fingerprint(endpoint, request, images)
            since = self.calls.now() - RECENT if terms.refuse_repeats else None
            asked = Asked(endpoint.operation, same, terms.key, since)
            async with self.repeats.turn(asked):
                while not (job := await self.repeats.first(asked, patience)):
                    try:
                        return await self._start(endpoint, request, images, asked, terms)
                    except AlreadySubmittedError as error:
                        # Another process was faster, since the look. With the same key that is no
                        # fault: the next look tells what became of it.
                        if terms.key is None or error.entry.idempotency_key != terms.key:
                            raise
        return job

    def require(self, terms: Terms) -> None:
        """Refuse terms that cannot be kept, before anything is done. Raises ConfigError,
        InvalidRequestError."""
        self.repeats.require(terms.key, refuse_repeats=terms.refuse_repeats)
        self.calls.budget(terms.budget)
        arguments.listener("on_wait", terms.on_wait, "Delay")

    async def _images(self, request: VideoRequest, opened: ExitStack) -> list[str | Content]:
        """Addresses, and each local image by its content."""
        files: list[OpenImage] = []

        def open_all() -> None:  # here, for what is stopped from outside returns nothing
            found = request.open(base_url=base_url, pictures=self.uploads.pictures)
            files.extend(map(opened.enter_context, found))

        base_url, sources = self.calls.config.base_url, request.sources
        if all(map(_is_there, sources)):  # then it looks at no file, which alone may block
            open_all()
        else:
            await self.calls.io.run_shielded(open_all)  # else it opens them when nobody closes them
        left = iter(files)
        return [
            source if _is_there(source) else await self.uploads.content(next(left))
            for source in sources
        ]

    def _fingerprint(
        self, endpoint: Endpoint, request: VideoRequest, images: Sequence[str | Content]
    ) -> str | None:
        """What the journal knows it by, if there is one."""
        if self.books.journal is None:
            return None
        return fingerprint(endpoint.operation, request.payload([*map(_told_by, images)]))

    async def _start(
        self,
        endpoint: Endpoint,
        request: VideoRequest,
        images: Sequence[str | Content],
        asked: Asked,
        terms: Terms,
    ) -> Job:
        await self.registry.require(endpoint, request)
        addresses = [
            image if isinstance(image, str) else await self.uploads.address(image, terms.budget)
            for image in images
        ]
        operation = operations.submit(endpoint, request, addresses)
        try:
            return await self._paid(operation, asked, terms)
        except (ParameterError, NotFoundError) as error:
            await self.uploads.forget(addresses)  # one of them may be gone
            tell(error, [image.image for image in images if isinstance(image, Content)])
            raise

    async def _paid(self, operation: Operation[Receipt], asked: Asked, terms: Terms) -> Job:
        payload = operation.request["json"]
        if told := log.isEnabledFor(logging.INFO):
            log.info("submitting: %s", self.calls.config.api_key.cut(str(_loggable(payload))))
        job = await self.payments.pay(operation, asked, terms.budget, terms.on_wait)
        if told:
            log.info("submitted: %s", job.to_dict())
        return job


def _is_there(source: Image) -> TypeGuard[str]:
    """Whether an image has an address, and is not uploaded."""
    return isinstance(source, str) and is_address(source)


def _told_by(image: str | Content) -> str:
    """What tells whether two images are the same."""
    return image if isinstance(image, str) else f"sha256:{image.digest}"


def _loggable(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent, as it may be logged."""
    return {name: value if name in TOLD else _size(value) for name, value in payload.items()}


def _size(value: object) -> str:
    if isinstance(value, str):
        return f"{len(value)} characters"
    return f"{len(value)} of them" if isinstance(value, list) else "given"
