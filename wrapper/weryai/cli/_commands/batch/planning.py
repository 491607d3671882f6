"""From a manifest to the rows of a batch: all of it is checked before anything is paid."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weryai import InvalidRequestError

from ... import _output, _setup
from ..._errors import UsageError
from ..._kept import places
from ..._operations import operation_of

if TYPE_CHECKING:
    from weryai import Pictures
    from weryai.batch import Added, Batch, Manifest

LONGEST_NAME = 60


def name_of(manifest: Path) -> str:
    """What a batch is called after its manifest."""
    return re.sub(r"[^\w.-]+", "-", manifest.stem)[:LONGEST_NAME] or "batch"


def read(
    manifest: Path, defaults: Mapping[str, Any], base_url: str | None, pictures: Pictures | None
) -> Manifest:
    """The rows of a manifest. Raises InvalidRequestError with every fault."""
    from weryai.batch import read_manifest

    found = read_manifest(manifest, defaults=defaults, base_url=base_url, pictures=pictures)
    if found.faults:
        raise InvalidRequestError([*map(str, found.faults)])
    return found


def require_models(read: Manifest, base_url: str | None, check_models: bool) -> None:
    """Compare every row with the registry. Raises InvalidRequestError with what it would refuse."""
    if not check_models:
        return
    from weryai.batch import check_manifest

    with _setup.make_client(base_url, models_file=places.models_path()) as client:
        faults, warnings = check_manifest(read, client.check)
    for words in warnings:
        _output.say(words)
    if faults:
        raise InvalidRequestError([*map(str, faults)])


def require_same(batch: Batch, added: Added, again: bool) -> None:
    """Refuse to pay anew for all that a batch has: it may be another manifest of the same name."""
    if added.changed and not added.known and not again:
        raise UsageError(
            f"the batch {batch.name!r} has rows with these ids, and not one of them is as it was:"
            " for another manifest give another --batch, to pay for these anew --again"
        )


def summary(batch: Batch, added: Added) -> str:
    """`renders: 3 rows are new, 2 known; 1 has changed and is paid anew: fox`."""
    told = [f"{len(added.new):,} rows are new", f"{len(added.known):,} known"]
    if added.changed:
        told.append(f"{len(added.changed):,} changed and will be paid anew")
        told[-1] += f": {', '.join(added.changed)}"
    return f"{batch.name}: {', '.join(told)}"


def preview(batch: Batch, read: Manifest, added: Added, as_json: bool) -> None:
    """`--dry-run`: what would be sent, and what is there already."""
    what = dict.fromkeys(added.known, "known")
    what |= dict.fromkeys(added.changed, "changed")
    if as_json:
        documents = (
            {
                "row": row.id,
                "line": row.place,
                "what": what.get(row.id, "new"),
                "operation": operation_of(row.request),
                "payload": row.request.payload(),
                "output": row.output,
            }
            for row in read.rows
        )
        _output.listing("rows", documents)
        return
    cells = (
        (row.id, what.get(row.id, "new"), row.request.model, " ".join(row.request.prompt.split()))
        for row in read.rows
    )
    _output.table(("ROW", "WHAT", "MODEL", "PROMPT"), cells)
    sent = [row for row in read.rows if row.id not in {*added.known}]
    models = Counter(row.request.model for row in sent)
    videos = sum(row.request.video_number or 1 for row in sent)
    listed = ", ".join(f"{number:,} of {model}" for model, number in models.items())
    _output.say(
        summary(batch, added),
        f"{_output.counted(videos, 'video')} would be paid for, by rows: {listed or 'none'};"
        " nothing was sent",
        "not checked: credits, prices are not published",
    )
