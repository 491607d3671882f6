"""What can be asked for, as frozen values that check themselves."""

from __future__ import annotations

from ._base import VideoRequest
from ._documents import Parameter
from ._fields import Image
from ._videos import FirstLastFrameToVideo, ImageToVideo, MultiImageToVideo

__all__ = [
    "FirstLastFrameToVideo",
    "Image",
    "ImageToVideo",
    "MultiImageToVideo",
    "Parameter",
    "VideoRequest",
]
