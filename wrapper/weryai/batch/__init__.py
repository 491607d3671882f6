"""Many videos at once: a table with a row for each request, read and checked before any is paid,
and then each row paid once, whatever crashes, within the limits of the account.

    from weryai.batch import Batch, read_manifest

    with Batch.open("renders.db") as batch:
        added = batch.add(read_manifest("renders.csv"))
        print(*added.faults, sep="\\n")    # each with its line and column
        print(batch.run("videos").counts)
"""

from __future__ import annotations

from weryai.journal import ROW_STATES, Row, RowState

from ._batch import Batch
from ._checking import check_manifest
from ._faults import Fault
from ._values import Added, Status
from .manifest import Manifest, ManifestRow, read_manifest

__all__ = [
    "ROW_STATES",
    "Added",
    "Batch",
    "Fault",
    "Manifest",
    "ManifestRow",
    "Row",
    "RowState",
    "Status",
    "check_manifest",
    "read_manifest",
]
