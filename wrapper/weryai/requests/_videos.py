"""Requests for videos, one class an endpoint."""

# Without `from __future__ import annotations`: how a field is checked follows from its annotation.
from collections.abc import Sequence

from attrs import field, frozen

from weryai_api import limits

from ._base import VideoRequest, checked_by
from ._fields import Image

__all__ = ["FirstLastFrameToVideo", "ImageToVideo", "MultiImageToVideo"]


def _freeze(images: Sequence[Image]) -> Sequence[Image]:
    """A list becomes a tuple; anything else stays as it is, to be refused with the other faults."""
    return tuple(images) if isinstance(images, (list, tuple)) else images


@checked_by(limits.MULTI_IMAGE_TO_VIDEO_REQUEST)
@frozen(kw_only=True)
class MultiImageToVideo(VideoRequest):
    """A request for `POST /v1/generation/multi-image-to-video`, checked when it is made.

    Making one costs nothing and sends nothing. Local files are looked at when it is submitted.
    The limits are those of the endpoint's documentation page, where nothing else is said.

    Parameters:
        images: 1 to 3 jpg, png or webp files of at most 10 MB, or https addresses of such images.
            The service must be able to reach the addresses.
        model: a model key, such as `KLING_O1`; `weryai models` lists them. The page lists
            `VEO_3_1` (Veo 3.1), `WERYDANCE_2_0` (Werydance 2.0), `WERYDANCE_2_0_FAST` (Werydance
            2.0 Fast), `KLING_O1` (Kling O1), `PIKA_2_2` (Pika 2.2) and `DOUBAO_1_LITE` (Seedance
            1.0 Lite). Keys come and go, so any text is sent: `WeryAI.models()` tells those of
            today.

    Raises:
        InvalidRequestError: with every fault; those of local images too, if there are others.
    """

    images: Sequence[Image] = field(converter=_freeze)


@checked_by(limits.IMAGE_TO_VIDEO_REQUEST)
@frozen(kw_only=True)
class ImageToVideo(VideoRequest):
    """A request for `POST /v1/generation/image-to-video`, checked when it is made.

    Making one costs nothing and sends nothing. The local file is looked at when it is submitted.
    The limits are those of the endpoint's documentation page as far as it could be read, and else
    those of its twin, the page of multi-image-to-video.

    Parameters:
        image: a jpg, png or webp file of at most 10 MB, or the https address of such an image. The
            service must be able to reach the address.
        model: a model key. The page lists `WERYAI_VIDEO_1_0` (WeryAI Video 1.0), `VEO_3_1` (Veo
            3.1), `CHATBOT_VEO_3_1_FAST` (Veo 3.1 Fast), `SORA_2` (Sora 2), `SORA_2_PRO` (Sora 2
            Pro), `WERYDANCE_2_0` (Werydance 2.0), `WERYDANCE_2_0_FAST` (Werydance 2.0 Fast),
            `DOUBAO_1_5_PRO` (Seedance 1.5 Pro), `KLING_V3_0_STA` (Kling 3.0 Standard),
            `KLING_V3_0_PRO` (Kling 3.0 Pro), `KLING_V2_6_PRO` (Kling 2.6 Pro), `KLING_O1` (Kling
            O1), `VIDU_Q3` (Vidu Q3), `WAN_2_6` (Wan 2.6), `VEO_3` (Veo 3), `VEO_3_FAST` (Veo 3
            Fast), `PIKA_2_2` (Pika 2.2), `PIXVERSE_V6` (Pixverse V6), `HAILUO_2_3_STA_FAST` (Hailuo
            2.3 Standard Fast), `HAILUO_2_3_PRO_FAST` (Hailuo 2.3 Pro Fast) and
            `HAILUO_2_3_STA` (Hailuo 2.3 Standard). Keys come and go, so any text is sent:
            `WeryAI.models(ImageToVideo)` tells those of today.

    Raises:
        InvalidRequestError: with every fault; that of a local image too, if there are others.
    """

    image: Image


@checked_by(limits.FIRST_LAST_IMAGE_TO_VIDEO_REQUEST)
@frozen(kw_only=True)
class FirstLastFrameToVideo(VideoRequest):
    """A request for `POST /v1/generation/first-last-image-to-video`, checked when it is made: a
    video that begins with one image and ends with the other.

    Making one costs nothing and sends nothing. Local files are looked at when it is submitted.
    The limits are those of the endpoint's documentation page as far as it could be read, and else
    those of its twin, the page of multi-image-to-video.

    Parameters:
        first_pic_url: the first frame: a jpg, png or webp file, or an https address. The file has
            at most 10 MB, and the service must be able to reach the address.
        end_pic_url: the last frame. It is given in the same way.
        model: a model key. The page lists `VEO_3_1` (Veo 3.1), `VEO_3_1_FAST` (Veo 3.1 Fast),
            `WERYDANCE_2_0` (Werydance 2.0), `WERYDANCE_2_0_FAST` (Werydance 2.0 Fast),
            `DOUBAO_1_5_PRO` (Seedance 1.5 Pro), `KLING_V3_0_STA` (Kling 3.0 Standard),
            `KLING_V3_0_PRO` (Kling 3.0 Pro), `KLING_V2_5_TURBO` (Kling 2.5 Turbo) and
            `KLING_V2_1_PRO` (Kling 2.1 Pro). Keys come and go, so any text is sent.

    Raises:
        InvalidRequestError: with every fault; those of local images too, if there are others.
    """

    first_pic_url: Image
    end_pic_url: Image
