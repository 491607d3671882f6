"""What the registry of models says of the rows of a manifest."""

from __future__ import annotations

from collections.abc import Callable

from weryai.requests import Findings, VideoRequest

from ._faults import Fault
from .manifest import Manifest


def check_manifest(
    manifest: Manifest, check: Callable[[VideoRequest], Findings]
) -> tuple[tuple[Fault, ...], tuple[str, ...]]:
    """Compare every row with the registry of models, before any of them is paid for. Free.

    Parameters:
        check: `WeryAI.check` of a client, which reads the registry once an hour.

    Returns:
        What the models of the rows do not take, each with its line; and what may be wrong, such as
        a key that is not listed, once for all rows that share it.
    """
    faults: list[Fault] = []
    warnings: dict[str, None] = {}
    for row in manifest.rows:
        found = check(row.request)
        faults += [Fault(row.place, None, words, manifest.name) for words in found.faults]
        warnings |= dict.fromkeys(found.warnings)
    return tuple(faults), tuple(warnings)
