"""What the tests did with the contract: one map for each thing that a side can do with it."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from attrs import define, field
from tracecov import CoverageMap, HttpRequest

from contract_tests.coverage.cells import Cell, Contract, mirrored

# What a client sent, did not send because it refused to, and read; what the simulator accepted,
# refused and said of its own accord, and what it said because a scenario told it to.
MAPS = ("sent", "withheld", "read", "accepted", "refused", "said", "scripted")
HOST = "http://localhost"


@define
class Seen:
    """What is known to the end of a run: the maps, and by side the links that were followed."""

    contract: Contract
    maps: dict[str, CoverageMap] = field(init=False)
    links: dict[str, set[Cell]] = field(init=False)
    # Values that replies of this test offered, by side: what follows a link asks for one of them.
    _offers: dict[tuple[str, str, str, str], set[Cell]] = field(init=False, factory=dict)
    _lock: threading.Lock = field(init=False, factory=threading.Lock)

    def __attrs_post_init__(self) -> None:
        self.maps = {name: self.contract.map() for name in MAPS}
        self.links = {"client": set(), "simulator": set()}

    def request(
        self, name: str, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> None:
        """Note a request.

        Parameters:
            name: the map.
            target: its path as it is on the wire.
        """
        with self._lock:
            whole = HttpRequest(method, HOST + target, body or None, dict(headers))
            self.maps[name].record(whole, timestamp=0)

    def reply(
        self, name: str, operation: str, place: str, headers: Mapping[str, str], body: bytes
    ) -> None:
        """Note a reply, or a notice, by the place that it has in the contract."""
        with self._lock:
            target = HOST + mirrored(operation, place)
            self.maps[name].record(HttpRequest("POST", target, body, dict(headers)), timestamp=0)

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

    def touched(self, name: str) -> set[Cell]:
        """The cells in a map; it knows nothing of links."""
        return set(self.contract.counted) - self.contract.missing(self.maps[name])

    def export(self) -> dict[str, Any]:
        """All of it, in types that xdist carries."""
        links = {side: [link.name for link in cells] for side, cells in self.links.items()}
        return {"maps": {name: seen.export_counts() for name, seen in self.maps.items()}, **links}

    def merge(self, exported: dict[str, Any]) -> None:
        """Add what another process saw."""
        for name, counts in exported["maps"].items():
            self.maps[name].merge_counts(counts)
        for side, cells in self.links.items():
            cells |= {each.cell for each in self.contract.links if each.cell.name in exported[side]}


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
