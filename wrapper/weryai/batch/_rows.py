"""One row of a manifest: which class of requests takes it, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from attrs import define, frozen

from weryai import REQUESTS, InvalidRequestError
from weryai.requests import Image, VideoRequest, endpoint_of, fingerprint

from ._columns import ENDPOINT, EVERY, FIELDS, OPERATIONS, PICTURES
from ._faults import Faults, none_of
from ._images import Images, Pictures, Shown, move
from ._table import Record

USUAL = next(iter(FIELDS))
# How a fault of a request begins: its field, and of a list of images which one.
OF_FIELD = re.compile(r"(\w+)(?:\[(\d+)\])?:? (.*)", re.DOTALL)
# Stands in for a local image while all else is checked: a request that is refused looks at its
# images too, and would open them anew for each row.
STAND_IN = "https://example.com"


@frozen
class Asked:
    """What a row asks for, and the digest of it."""

    request: VideoRequest
    digest: str


@define
class _Row:
    """A row while it is read: what it gives, field by field.

    Attributes:
        filled: the columns that a default has filled.
        faulty: whether a fault of it was told.
    """

    place: int
    values: dict[str, Any]
    pictures: Pictures
    filled: Collection[str]
    faults: Faults
    faulty: bool = False

    @property
    def given(self) -> list[str]:
        """The fields that it gives, always in the same order."""
        return [name for name in EVERY if name in self.values or name in self.pictures]

    def tell(self, column: str | None, words: str) -> None:
        self.faulty = True
        if column in self.filled:
            self.faults.once(0, column, f"{words} (the default)")
        else:
            self.faults.tell(self.place, column, words)

    def fields(self, image: Callable[[Shown], Any]) -> dict[str, Any]:
        """All that it gives, with what is made of each image."""
        found = dict(self.values)
        for name, pictures in self.pictures.items():
            images = [image(each) for each in pictures]
            found[name] = images[0] if EVERY[name].annotation == Image and images else images
        return found


@define
class Rows:
    """Makes requests of records.

    Parameters:
        defaults: by column; they fill what a row leaves out.
        base_url: see VideoRequest.check.
    """

    faults: Faults
    images: Images
    defaults: Mapping[str, Any]
    base_url: str | None

    def asked(self, record: Record) -> Asked | None:
        """What a record asks for; None where something is wrong with it, which is told."""
        row = self._row(record)
        endpoint = _endpoint(row, record.cells.get(ENDPOINT, self.defaults.get(ENDPOINT)))
        self._check(row, endpoint)
        contents = self._contents(row)
        if endpoint is None or row.faulty:
            return None
        operation = OPERATIONS[endpoint]
        request = REQUESTS[operation](**row.fields(lambda shown: shown.image))
        told = [contents.get(str(source), str(source)) for source in request.sources]
        return Asked(request, fingerprint(operation, request.payload(told)))

    def _row(self, record: Record) -> _Row:
        """With the defaults. Images of a row take the place of all that are defaults."""
        shows = any(name in PICTURES for name in record.cells)
        filled = {
            name: value
            for name, value in self.defaults.items()
            if name not in record.cells and not (shows and name in PICTURES)
        }
        cells = {**record.cells, **filled}
        values = {name: cells[name] for name in EVERY if name in cells and name not in PICTURES}
        return _Row(record.place, values, self.images.of(cells), filled.keys(), self.faults)

    def _check(self, row: _Row, endpoint: str | None) -> None:
        """Tell all that is wrong, but for local images."""
        own = FIELDS[endpoint or USUAL]
        # Where no endpoint takes the images of a row, nobody can say which are missing.
        unsaid = {*PICTURES} if endpoint is None else set()
        missing = {name for name in own if own[name].required} - {*row.given} - unsaid
        for name in own:
            if name in missing:
                row.tell(name, "is missing")
        stood_in = row.fields(lambda shown: STAND_IN if shown.is_local else shown.image)
        values = {name: stood_in.get(name) for name in own if name not in unsaid}
        kind: Any = REQUESTS[OPERATIONS[endpoint or USUAL]]
        try:
            kind(**dict.fromkeys(own) | values).check(base_url=self.base_url)
        except InvalidRequestError as error:
            for fault in error.faults:
                _tell(row, fault, unless=missing | unsaid)

    def _contents(self, row: _Row) -> dict[str, str]:
        """What each local image of a row holds, by its path."""
        found: dict[str, str] = {}
        for shown in [each for images in row.pictures.values() for each in images if each.is_local]:
            look = self.images.look(shown.image)
            if look.fault:
                row.tell(shown.column, look.fault)
            found[shown.image] = look.content
        return found


def _endpoint(row: _Row, named: object) -> str | None:
    """The endpoint that a row names, else the first that takes all that it gives; None where there
    is none, which is told."""
    if named is not None:
        endpoint = endpoint_of(str(named).strip().lower())
        if endpoint not in FIELDS:
            row.tell(ENDPOINT, none_of(str(named), FIELDS))
            return None
        move(row.pictures, endpoint)
        for name in [name for name in row.given if name not in FIELDS[endpoint]]:
            row.tell(_column(row, name), f"is nothing that {endpoint} takes")
    else:
        able = [endpoint for endpoint, own in FIELDS.items() if {*row.given} <= own.keys()]
        if not able:
            shared = set.intersection(*({*own} for own in FIELDS.values()))
            apart = [_column(row, name) for name in row.given if name not in shared]
            row.tell(None, f"{' and '.join(apart)} do not go together: leave one of them out")
            return None
        endpoint = able[0]
    for name, pictures in row.pictures.items():
        if EVERY[name].annotation == Image and len(pictures) > 1:
            words = f"{endpoint} takes one image here, not {len(pictures)}"
            row.tell(pictures[-1].column, words)
    return endpoint


def _tell(row: _Row, fault: str, unless: Collection[str]) -> None:
    """Tell a fault of a request at its column, but for these fields."""
    found = OF_FIELD.fullmatch(fault)
    if found is None or found[1] not in EVERY:
        row.tell(None, fault)
        return
    name, number, words = found.groups()
    if name in unless:
        return
    if number is None:
        row.tell(_column(row, name), words)
        return
    column = row.pictures[name][int(number) - 1].column
    row.tell(column, f"image {number} {words}" if column == name else words)


def _column(row: _Row, field: str) -> str:
    """The column that gives a field, the first of several."""
    pictures = row.pictures.get(field)
    return pictures[0].column if pictures else field
