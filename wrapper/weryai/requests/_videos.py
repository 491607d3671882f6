"""Requests for videos, one class an endpoint."""

# Without `from __future__ import annotations`: how a field is checked follows from its annotation.
import os
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

from attrs import asdict, field, frozen

from weryai_api import limits

from .._files.images import LocalImage, inspect_all
from .._network import addresses, settings
from .._texts import is_address, shown
from ..errors import InvalidRequestError, MediaError
from ._fields import Check, Image, checked_by, is_image

# What the page says of one model alone, in its words: key, field and value.
NOT_FOR = {
    ("WERYDANCE_2_0_FAST", "resolution", "1080p"): "Werydance 2.0 Fast does not support 1080p",
}


def _freeze(images: Any) -> Any:
    """A list becomes a tuple; anything else stays as it is, to be refused with the other faults."""
    return tuple(images) if isinstance(images, (list, tuple)) else images


@checked_by(limits.MULTI_IMAGE_TO_VIDEO_REQUEST)
@frozen(kw_only=True)
class MultiImageToVideo:
    """A request for `POST /v1/generation/multi-image-to-video`, checked when it is made.

    Making one costs nothing and sends nothing. Local files are looked at when it is submitted.
    The limits are those of the endpoint's documentation page, where nothing else is said.

    Parameters:
        images: 1 to 3 paths of local jpg, png or webp files of at most 10 MB, or https addresses
            of such images, which the service must be able to reach.
        prompt: 1 to 2000 characters.
        model: a model key. The page lists `VEO_3_1` (Veo 3.1), `WERYDANCE_2_0` (Werydance 2.0),
            `WERYDANCE_2_0_FAST` (Werydance 2.0 Fast), `KLING_O1` (Kling O1), `PIKA_2_2` (Pika 2.2)
            and `DOUBAO_1_LITE` (Seedance 1.0 Lite). Keys come and go, so any text is sent:
            `WeryAI.models()`, or `weryai models`, tells those of today.
        aspect_ratio: such as `16:9`.
        duration: whole seconds, at least 1; each model has its own list.
        negative_prompt: at most 1000 characters.
        video_number: 1 to 4 videos; the service makes 1 where it is left out. Each one is paid.
        resolution: `480p` or `720p`; a model may have others, such as `1080p` of `WERYDANCE_2_0`,
            which `WERYDANCE_2_0_FAST` does not have.
        generate_audio: sent as a JSON boolean.
        webhook_url: an https address that is called when a task has completed.
        caller_id: a 64-bit integer of your own, shown again in SubmissionUnknownError.

    Raises:
        InvalidRequestError: with every fault; those of local images too, if there are others.
    """

    _checks: ClassVar[tuple[Check, ...]]

    images: Sequence[Image] = field(converter=_freeze)
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
            images = self.images if isinstance(self.images, tuple) else ()
            try:
                inspect_all(image for image in images if is_image(image))
            except MediaError as error:
                faults += error.faults
            raise InvalidRequestError(faults)

    def payload(self) -> dict[str, Any]:
        """The JSON that would be sent, local images by their path; absent fields are left out."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        return given | {"images": [os.fspath(image) for image in self.images]}

    def check(self, *, base_url: str | None = None) -> list[LocalImage]:
        """Look at what is known only when it is submitted, as `submit` does: the local images, and
        whether the service can reach the addresses. Nothing is sent.

        Parameters:
            base_url: the API's address that it is for; WERYAI_BASE_URL where it is left out, then
                the public one. A service on this machine, such as the simulator, reaches all.

        Returns: what each local image is, its size in pixels too.

        Raises:
            MediaError: local images that cannot be used.
            InvalidRequestError: that, or an address that the service cannot reach; every fault.
        """
        faults = list(self._unreachable(settings.api_address(base_url)))
        images: list[LocalImage] = []
        try:
            images = inspect_all(self.images)
        except MediaError as error:
            if not faults:
                raise
            faults += error.faults
        if faults:
            raise InvalidRequestError(faults)
        return images

    def _unreachable(self, base_url: str) -> Iterator[str]:
        if addresses.is_loopback(urlsplit(base_url).hostname or ""):
            return
        for number, image in enumerate(self.images, 1):
            address = isinstance(image, str) and is_address(image) and image
            if address and (fault := addresses.private_fault(address)):
                yield f"images[{number}] {fault}: the service cannot fetch it, so give the file"
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


def require(request: object) -> None:
    """Raise InvalidRequestError unless it is a request."""
    if not isinstance(request, MultiImageToVideo):
        raise InvalidRequestError(
            [f"what is submitted is a MultiImageToVideo(images=[...], ...), not {shown(request)}"]
        )
