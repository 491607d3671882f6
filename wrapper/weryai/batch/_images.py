"""The images of a manifest: which columns show them, and each local one opened once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from weryai import MediaError
from weryai import Pictures as Treatment
from weryai.requests import Parameter, is_address, open_image

from ._columns import FIELDS, NUMBERED, PICTURES


@frozen
class Shown:
    """One image that a row shows, and the column that says so."""

    column: str
    image: Any

    @property
    def is_local(self) -> bool:
        return isinstance(self.image, str) and not is_address(self.image)


# By the field of a request.
Pictures = dict[str, list[Shown]]


@frozen
class Look:
    """What was seen of a local image: what it holds, by its digest, or why it cannot be used."""

    content: str = ""
    fault: str | None = None


@define
class Images:
    """What was seen of each local image; the images themselves are not kept.

    Parameters:
        folder: where their paths begin.
        made_ready: how they are made ready to be sent; None for as they are.
    """

    folder: Path
    made_ready: Treatment | None = None
    _seen: dict[str, Look] = field(factory=dict)

    def of(self, cells: Mapping[str, Any]) -> Pictures:
        """All that a row shows, with whole paths; numbered columns in their order."""
        found: Pictures = {}
        for column in PICTURES:
            if column in cells:
                value = cells[column]
                among = found.setdefault(NUMBERED.get(column, column), [])
                among += [
                    Shown(column, self._placed(image))
                    for image in (value if isinstance(value, list) else [value])
                ]
        return found

    def look(self, path: str) -> Look:
        if path not in self._seen:
            try:
                with open_image(path, self.made_ready) as file:
                    self._seen[path] = Look(f"sha256:{file.digest()}")
            except MediaError as error:
                self._seen[path] = Look(fault=str(error))
        return self._seen[path]

    def _placed(self, image: Any) -> Any:
        local = isinstance(image, str) and not is_address(image)
        return str(self.folder / image) if local else image


def move(pictures: Pictures, endpoint: str) -> None:
    """Give an endpoint whose requests show one image, or one list of images, those of the field of
    another such."""
    target = _only(FIELDS[endpoint])
    sources = [name for name in pictures if name in ALONE]
    if target is not None and len(sources) == 1:
        pictures[target] = pictures.pop(sources[0])


def _only(own: Mapping[str, Parameter]) -> str | None:
    """The only field of a class that shows images, None where several do."""
    first, *others = [name for name in own if name in PICTURES]
    return None if others else first


ALONE = {_only(own) for own in FIELDS.values()}
