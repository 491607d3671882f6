"""A manifest: a table with a row for each request, CSV or JSON Lines.

Reading one costs nothing and sends nothing.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from weryai import Pictures
from weryai.requests import VideoRequest

from . import _outputs
from ._columns import COLUMNS, ID, OUTPUT, column, converted
from ._faults import Fault, Faults, none_of, shown
from ._images import Images
from ._rows import Asked, Rows
from ._table import Record, records

LONGEST_ID = 128  # characters
MADE_ID = 16  # hexadecimal digits of a row's digest


@frozen
class ManifestRow:
    """One row that can be paid for.

    Attributes:
        id: what it is called, in no other row of its manifest.
        place: the line where it begins, from 1.
        request: what it asks for; local images with their whole paths.
        output: the template of the names of its videos, without a suffix; None where it has none.
        digest: equal for rows that ask for the same, by what their local images hold, wherever
            they are. Neither the id nor the output changes it.
    """

    id: str
    place: int
    request: VideoRequest
    output: str | None
    digest: str

    def name(self, n: int, task: str) -> str | None:
        """The name of one of its videos, below the output folder and without a suffix; None where
        it has no template.

        Parameters:
            n: which of its videos, from 1.
            task: the id of the video's task.
        """
        if self.output is None:
            return None
        return _outputs.name(self.output, id=self.id, n=n, task=task, model=self.request.model)


@frozen
class Manifest:
    """What was read.

    Attributes:
        rows: those that have no fault of their own, as they stand in the file.
        faults: all that is wrong, as far as it could be read.
        name: what the file is called.
    """

    rows: tuple[ManifestRow, ...]
    faults: tuple[Fault, ...]
    name: str = "manifest"


def read_manifest(
    path: str | os.PathLike[str],
    *,
    defaults: Mapping[str, Any] | None = None,
    base_url: str | None = None,
    pictures: Pictures | None = None,
) -> Manifest:
    """Read a manifest, and check each row and each local image of it.

    The columns are the fields of the classes of requests; `image1`, `image2`, `image3` instead of
    `images`, where `;` parts them; `endpoint`, such as `image-to-video`, where the class does not
    follow from what is given; `id` and `output`. Without an id a row gets one made from its digest,
    and the second of two equal rows the same with `-2` behind it.

    Parameters:
        path: a CSV file in UTF-8, with a header, whose cells are parted by commas, semicolons or
            tabs; or a file with one JSON object a line. Local images are looked for from its
            folder.
        defaults: by column, what a row gets that leaves it out; texts are read as cells are.
        base_url: the API's address that it is for, as in `VideoRequest.check`.
        pictures: how the client that renders it makes local images ready, as in `WeryAI`: those
            are taken then that it can make ready, such as HEIC photos.

    Returns:
        the rows, and every fault; a manifest that cannot be read has one.

    Raises:
        ConfigError: base_url, or WERYAI_BASE_URL in its place, cannot be used.
    """
    file = Path(os.path.abspath(path))
    faults = Faults(file.name)
    filling = _read_defaults(defaults or {}, faults)
    rows = Rows(faults, Images(file.parent, pictures), filling, base_url)
    reading = _Reading(faults, filling.get(OUTPUT))
    empty = True
    for record in records(file, faults):
        empty = False
        before = len(faults.found)
        reading.check(record)
        asked = rows.asked(record)
        if asked and len(faults.found) == before:
            reading.add(record, asked)
    if empty and not faults.found:
        faults.tell(0, None, "has no rows")
    return Manifest(tuple(reading.done), tuple(faults.found), file.name)


def _read_defaults(defaults: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
    """What can be used of them, by column; the rest is told."""
    possible = [name for name in COLUMNS if name != ID]
    found: dict[str, Any] = {}
    for written, given in defaults.items():
        name, value = column(written), given.strip() if isinstance(given, str) else given
        if name not in possible:
            faults.tell(0, None, f"default {none_of(name, possible)}")
        elif value is None or value == "":
            continue
        elif name == OUTPUT and (fault := _outputs.template_fault(value)):
            faults.tell(0, name, fault)
        elif isinstance(value, str):
            found[name] = converted(name, value)
        else:
            found[name] = [*value] if isinstance(value, tuple) else value
    return found


@define
class _Reading:
    """What was read so far.

    Attributes:
        output: the template of rows that have none.
        places: the line of each id.
        copies: how many rows without an id asked for the same, by their digest.
    """

    faults: Faults
    output: str | None
    done: list[ManifestRow] = field(factory=list)
    places: dict[str, int] = field(factory=dict)
    copies: Counter[str] = field(factory=Counter)
    names: _outputs.Names = field(factory=_outputs.Names)

    def check(self, record: Record) -> None:
        """Tell what is wrong with the id and the output of a row, or has no column."""
        given, output = record.cells.get(ID), record.cells.get(OUTPUT)
        if "" in record.cells:
            self.faults.tell(record.place, None, "has a cell in a column without a name")
        if output is not None and (fault := _outputs.template_fault(output)):
            self.faults.tell(record.place, OUTPUT, fault)
        if given is None:
            return
        row_id = str(given).strip()
        if not isinstance(given, (str, int)) or isinstance(given, bool):
            self.faults.tell(record.place, ID, f"must be a text, not {shown(row_id)}")
        elif len(row_id) > LONGEST_ID or not row_id.isprintable():
            words = f"must be at most {LONGEST_ID} characters that can be printed"
            self.faults.tell(record.place, ID, f"{words}, not {shown(row_id)}")
        else:
            self._take(record, row_id)

    def add(self, record: Record, asked: Asked) -> None:
        """Take a row that is right so far, unless another has its id, or the name of a video."""
        before = len(self.faults.found)
        given, output = record.cells.get(ID), record.cells.get(OUTPUT, self.output)
        row_id = self._made_id(record, asked) if given is None else str(given).strip()
        if output is not None:
            output = _outputs.plain(output)
            model, videos = asked.request.model, asked.request.video_number or 1
            fault = self.names.fault(record.place, output, id=row_id, model=model, videos=videos)
            if fault:
                self.faults.tell(record.place, OUTPUT, fault)
        if len(self.faults.found) == before:
            row = ManifestRow(row_id, record.place, asked.request, output, asked.digest)
            self.done.append(row)

    def _made_id(self, record: Record, asked: Asked) -> str:
        """The same for a row wherever it stands. Rows that ask for the same are numbered: which of
        them is which is the same to whoever pays for them."""
        self.copies[asked.digest] += 1
        number = self.copies[asked.digest]
        row_id = asked.digest[:MADE_ID] + (f"-{number}" if number > 1 else "")
        self._take(record, row_id)
        return row_id

    def _take(self, record: Record, row_id: str) -> None:
        if (other := self.places.setdefault(row_id, record.place)) != record.place:
            self.faults.tell(record.place, ID, f"{shown(row_id)} is the id of line {other} too")
