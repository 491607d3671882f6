"""What can be asked for, as frozen values that check themselves."""

from __future__ import annotations

from ._fields import Image
from ._videos import MultiImageToVideo, require

__all__ = ["Image", "MultiImageToVideo", "require"]
