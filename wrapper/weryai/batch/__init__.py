"""Many videos at once: a table with a row for each request, read and checked before any is paid.

from weryai.batch import read_manifest

manifest = read_manifest("renders.csv")
print(*manifest.faults, sep="\\n")    # each with its line and column
"""

from __future__ import annotations

from ._faults import Fault
from .manifest import Manifest, ManifestRow, read_manifest

__all__ = ["Fault", "Manifest", "ManifestRow", "read_manifest"]
