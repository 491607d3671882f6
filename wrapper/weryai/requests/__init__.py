"""What can be asked for, as frozen values that check themselves."""

from __future__ import annotations

from .._files.images import OpenImage
from .._files.preparing import open_image
from .._texts import is_address
from . import _videos
from ._base import VideoRequest
from ._documents import Parameter
from ._fields import Image
from ._findings import Findings, compared, unasked
from ._identity import endpoint_of, fingerprint
from ._videos import *  # noqa: F403 # what its __all__ names

__all__ = [
    "Findings",
    "Image",
    "OpenImage",
    "Parameter",
    "VideoRequest",
    "compared",
    "endpoint_of",
    "fingerprint",
    "is_address",
    "open_image",
    "unasked",
]
# A class for each endpoint: named where they are written, and nowhere else in this room.
__all__ += _videos.__all__
