"""Who calls, as a service hears it: this package, what it stands on, and the application on top."""

from __future__ import annotations

import sys

import httpx

from .._version import VERSION
from ..errors import ConfigError

AGENT = "weryai/{} httpx/{} python/{}.{}.{}".format(
    VERSION, httpx.__version__, *sys.version_info[:3]
)
LONGEST = 200  # characters


def headers(app_info: object) -> dict[str, str]:
    """What an application adds to the headers of a call of the API. Raises ConfigError."""
    if app_info is None:
        return {}
    if not isinstance(app_info, str) or not app_info.isascii() or not app_info.isprintable():
        raise ConfigError(_words(app_info))
    if not 0 < len(app_info.strip()) <= LONGEST:
        raise ConfigError(_words(app_info))
    return {"User-Agent": f"{AGENT} {app_info.strip()}"}


def _words(given: object) -> str:
    possible = f"1 to {LONGEST} ASCII characters that can be printed, such as `studio/1.2`"
    return f"app_info must be {possible}, not {given!r:.40}"
