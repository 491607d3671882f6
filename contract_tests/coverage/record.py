"""What the tests did with the contract: the cells that each side touched, by what it did there."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from attrs import define, field

from contract_tests.coverage.cells import Cell, Contract

# What a client sent, did not send because it refused to, and read; what the simulator accepted,
# refused and said of its own accord, and what it said because a scenario told it to.
DEEDS = ("sent", "withheld", "read", "accepted", "refused", "said", "scripted")


@define
class Seen:
    """What is known to the end of a run: cells by deed, by side the links that were followed."""

    contract: Contract
    touched: dict[str, set[Cell]] = field(init=False)
    links: dict[str, set[Cell]] = field(init=False)
    # Values that replies of this test offered, by side: what follows a link asks for one of them.
    _offers: dict[tuple[str, str, str, str], set[Cell]] = field(init=False, factory=dict)
    _known: set[int] = field(init=False, factory=set)  # what was counted need not be counted again
    _lock: threading.Lock = field(init=False, factory=threading.Lock)

    def __attrs_post_init__(self) -> None:
        self.touched = {name: set() for name in DEEDS}
        self.links = {"client": set(), "simulator": set()}

    def request(
        self, deed: str, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> None:
        """Note a request.

        Parameters:
            deed: one of DEEDS.
            target: its path as it is on the wire.
        """
        if found := self.contract.operation(method, target.partition("?")[0]):
            operation, arguments = found
            self._note(deed, operation, "request", headers, body, arguments)

    def reply(
        self, deed: str, operation: str, place: str, headers: Mapping[str, str], body: bytes
    ) -> None:
        """Note a reply, or a notice, by the place that it has in the contract."""
        self._note(deed, operation, place, headers, body, {})

    def _note(
        self,
        deed: str,
        operation: str,
        place: str,
        headers: Mapping[str, str],
        body: bytes,
        arguments: Mapping[str, str],
    ) -> None:
        """A status that the contract does not have is nothing of it."""
        told = hash((deed, operation, place, *headers.items(), body, *arguments.items()))
        known = self.contract.places.get((operation, place))
        with self._lock:
            if known and told not in self._known:
                self._known.add(told)
                self.touched[deed] |= known.touched(headers, body, arguments)

    def offer(self, side: str, operation: str, status: int, body: bytes) -> None:
        """Note where the links of a reply lead."""
        links = [link for link in self.contract.links if link.cell.operation == operation]
        for link in links:
            value = link.value(_json(body)) if link.status == str(status) else None
            if value is not None:
                place = (side, link.target, link.parameter, str(value))
                self._offers.setdefault(place, set()).add(link.cell)

    def follow(self, side: str, operation: str, arguments: Mapping[str, str]) -> None:
        """Note the links that a request follows."""
        for parameter, value in arguments.items():
            place = (side, operation, parameter, unquote(value))
            self.links[side] |= self._offers.get(place, set())

    def forget(self) -> None:
        """Another test begins, with other tasks by the same ids."""
        self._offers.clear()

    def export(self) -> dict[str, Any]:
        """All of it, in types that xdist carries."""
        told = {"touched": self.touched, "links": self.links}
        return {
            name: {key: [tuple(cell) for cell in cells] for key, cells in part.items()}
            for name, part in told.items()
        }

    def merge(self, exported: dict[str, Any]) -> None:
        """Add what another process saw."""
        for own, told in ((self.touched, exported["touched"]), (self.links, exported["links"])):
            for key, cells in told.items():
                own[key] |= {Cell(*cell) for cell in cells}


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
