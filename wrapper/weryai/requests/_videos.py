"""Requests for videos, one class an endpoint."""

# Without `from __future__ import annotations`: how a field is checked follows from its annotation.
from collections.abc import Sequence
from typing import Any

from attrs import field, frozen

from weryai_api import limits

from ._base import VideoRequest, checked_by
from ._fields import Image


def _freeze(images: Any) -> Any:
    """A list becomes a tuple; anything else stays as it is, to be refused with the other faults."""
    return tuple(images) if isinstance(images, (list, tuple)) else images


@checked_by(limits.MULTI_IMAGE_TO_VIDEO_REQUEST)
@frozen(kw_only=True)
class MultiImageToVideo(VideoRequest):
    """A request for `POST /v1/generation/multi-image-to-video`, checked when it is made.

    Making one costs nothing and sends nothing. Local files are looked at when it is submitted.
    The limits are those of the endpoint's documentation page, where nothing else is said.

    Parameters:
        images: 1 to 3 paths of local jpg, png or webp files of at most 10 MB, or https addresses
            of such images, which the service must be able to reach.
        model: a model key. The page lists `VEO_3_1` (Veo 3.1), `WERYDANCE_2_0` (Werydance 2.0),
            `WERYDANCE_2_0_FAST` (Werydance 2.0 Fast), `KLING_O1` (Kling O1), `PIKA_2_2` (Pika 2.2)
            and `DOUBAO_1_LITE` (Seedance 1.0 Lite). Keys come and go, so any text is sent:
            `WeryAI.models()`, or `weryai models`, tells those of today.

    Raises:
        InvalidRequestError: with every fault; those of local images too, if there are others.
    """

    images: Sequence[Image] = field(converter=_freeze)
