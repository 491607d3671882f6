"""What can be asked for, as frozen values that check themselves."""

from __future__ import annotations

from .._files.images import OpenImage
from .._texts import is_address
from ._base import VideoRequest
from ._documents import Parameter
from ._fields import Image
from ._identity import endpoint_of, fingerprint
from ._videos import FirstLastFrameToVideo, ImageToVideo, MultiImageToVideo

__all__ = [
    "FirstLastFrameToVideo",
    "Image",
    "ImageToVideo",
    "MultiImageToVideo",
    "OpenImage",
    "Parameter",
    "VideoRequest",
    "endpoint_of",
    "fingerprint",
    "is_address",
]
