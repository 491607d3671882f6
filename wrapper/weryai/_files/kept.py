"""A small file of JSON that several processes keep for each other: what is in it can be had again,
so that one which cannot be read or written is as good as none."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

LONGEST = 16 * 1024 * 1024  # bytes

log = logging.getLogger("weryai")


def load(path: Path) -> dict[str, Any]:
    """What is in it; nothing where it is no object of JSON."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(LONGEST))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        log.debug("%s cannot be read: %s", path, error)
        return {}
    return found if isinstance(found, dict) else {}


def put(path: Path, name: str, value: Any) -> None:
    """Put one value into it, beside the others. Whoever reads it meanwhile finds all of one state:
    a new file takes its place."""
    whole = json.dumps(load(path) | {name: value})
    made = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, prefix=f".{path.name}", delete=False
        ) as file:
            made = file.name
            file.write(whole)
        os.replace(made, path)
    except OSError as error:
        log.debug("%s cannot be written: %s", path, error)
        if made:
            with suppress(OSError):
                os.unlink(made)
