"""What every request for videos has: its fields, how it is checked, what it sends."""

# Without `from __future__ import annotations`: how a field is checked follows from its annotation.
import os
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from attrs import field, frozen

from weryai_api.limits import Limits

from .._files.images import LocalImage, OpenImage, inspect_all, open_all
from .._files.preparing import Pictures, open_image
from .._network import addresses, settings
from .._plain import Plain
from .._texts import is_address
from ..errors import InvalidRequestError, MediaError
from ._documents import Parameter, documented, parameters_of
from ._fields import IMAGES, Check, Image, checks_of, is_image

# What the page says of one model alone, in its words: key, field and value.
NOT_FOR = {
    ("WERYDANCE_2_0_FAST", "resolution", "1080p"): "Werydance 2.0 Fast does not support 1080p",
}


@frozen(kw_only=True)
class VideoRequest(Plain):
    """A request for videos, checked when it is made.

    Making one costs nothing and sends nothing. Local files are looked at when it is submitted.
    The limits are those of the endpoint's documentation page, where nothing else is said.

    Parameters:
        prompt: what happens, in 1 to 2000 characters.
        model: a model key; `weryai models` lists them. `WeryAI.models()` does too.
        aspect_ratio: width to height, such as `16:9`.
        duration: whole seconds, at least 1. Each model has its own list.
        negative_prompt: what must not happen, in at most 1000 characters.
        video_number: 1 to 4 videos; each one is paid. The service makes 1 where it is left out.
        resolution: such as `480p` or `720p`. A model may have others, such as `1080p` of
            `WERYDANCE_2_0`, which `WERYDANCE_2_0_FAST` does not have.
        generate_audio: with or without sound. It is sent as a JSON boolean.
        webhook_url: an https address that is called when a task has completed.
        caller_id: a 64-bit integer of your own, sent along. SubmissionUnknownError shows it again.

    Raises:
        InvalidRequestError: with every fault; those of local images too, if there are others.
    """

    # Of a parameter the first sentence is the help of its option in the shell too.
    _checks: ClassVar[tuple[Check, ...]] = ()

    prompt: str
    model: str
    aspect_ratio: str
    duration: int = field(metadata={"unit": "seconds"})
    negative_prompt: str | None = None
    video_number: int | None = None
    resolution: str | None = None
    generate_audio: bool | None = None
    webhook_url: str | None = None
    caller_id: int | None = None

    def __attrs_post_init__(self) -> None:
        if faults := list(self._faults()):
            try:
                inspect_all(image for image in self._named_images().values() if is_image(image))
            except MediaError as error:
                faults += error.faults
            raise InvalidRequestError(faults)

    @classmethod
    def parameters(cls) -> tuple[Parameter, ...]:
        """What it takes, field by field: for forms, tables and command lines."""
        return parameters_of(cls, cls._checks)

    @classmethod
    def shown(cls) -> str:
        """How one is made, such as `MultiImageToVideo(images=[...], ...)`."""
        first = cls._checks[0]
        value = "[...]" if first.annotation == IMAGES else "..."
        return f"{cls.__name__}({first.name}={value}, ...)"

    @property
    def sources(self) -> tuple[Image, ...]:
        """Its images, paths and addresses, in the order in which they are shown."""
        return tuple(self._named_images().values())

    def payload(self, addresses: Sequence[str] | None = None) -> dict[str, Any]:
        """The JSON that is sent; absent fields are left out.

        Parameters:
            addresses: of the images, in the order of `sources`; local ones are told by their path
                where this is left out.
        """
        left = iter(
            [os.fspath(source) for source in self.sources] if addresses is None else addresses
        )
        sent: dict[str, Any] = {}
        for check in self._checks:
            value = getattr(self, check.name)
            if images := check.images(value):
                value = next(left) if check.annotation == Image else list(islice(left, len(images)))
            if value is not None:
                sent[check.name] = value
        return sent

    def check(
        self, *, base_url: str | None = None, pictures: Pictures | None = None
    ) -> list[LocalImage]:
        """Look at what is known only when it is submitted, as `submit` does: the local images, and
        whether the service can reach the addresses. Nothing is sent.

        Parameters:
            base_url: the API's address that it is for; WERYAI_BASE_URL where it is left out, then
                the public one. A service on this machine, such as the simulator, reaches all.
            pictures: how they are made ready first, as in `WeryAI`.

        Returns:
            what each local image is, its size in pixels too.

        Raises:
            MediaError: local images that cannot be used.
            InvalidRequestError: that, or an address that the service cannot reach; every fault.
        """
        files = self.open(base_url=base_url, pictures=pictures)
        for file in files:
            file.close()
        return [file.image for file in files]

    def open(
        self, *, base_url: str | None = None, pictures: Pictures | None = None
    ) -> list[OpenImage]:
        """`check`, which leaves the local images open, for whoever sends them and closes them."""
        faults = list(self._unreachable(settings.api_address(base_url)))
        files: list[OpenImage] = []
        try:
            files = open_all(self.sources, lambda source: open_image(source, pictures))
        except MediaError as error:
            if not faults:
                raise
            faults += error.faults
        if faults:
            for file in files:
                file.close()
            raise InvalidRequestError(faults)
        return files

    def _named_images(self) -> dict[str, Any]:
        """Every image that was given, by what it is called."""
        holding = (check for check in self._checks if check.holds_images)
        named = (check.images(getattr(self, check.name)) for check in holding)
        return {name: image for images in named for name, image in images.items()}

    def _unreachable(self, base_url: str) -> Iterator[str]:
        if addresses.is_loopback(urlsplit(base_url).hostname or ""):
            return
        for name, image in self._named_images().items():
            address = isinstance(image, str) and is_address(image) and image
            if address and (fault := addresses.private_fault(address)):
                yield f"{name} {fault}: the service cannot fetch it, so give the file"
        if self.webhook_url and (fault := addresses.private_fault(self.webhook_url)):
            yield f"webhook_url {fault}: the service cannot call it, so give a public address"

    def _faults(self) -> Iterator[str]:
        for check in self._checks:
            value = getattr(self, check.name)
            if check.required or value is not None:
                yield from check.faults(value)
        for (model, name, value), words in NOT_FOR.items():
            given = getattr(self, name)
            if self.model == model and isinstance(given, str) and given.strip().lower() == value:
                yield f"{name}: {words}"


R = TypeVar("R", bound=VideoRequest)


def checked_by(body: Limits) -> Callable[[type[R]], type[R]]:
    """Makes the checks and the docstring of a request class, once for all of its requests."""

    def decorate(request: type[R]) -> type[R]:
        request._checks = checks_of(request, body)
        request.__doc__ = documented(request, [check.name for check in request._checks])
        return request

    return decorate
