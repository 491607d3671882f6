"""What differs in what goes over the wire: parameters, headers, bodies and replies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from .containment import Spot, judge
from .findings import BREAKING, COMPATIBLE, UNKNOWN, Change
from .schemas import PROSE, READ, SENT, Schema, flat, resolved

# What may be there or not, and what that means for those who send it and for those who read it.
PRESENCE = {
    (SENT, "gone"): BREAKING,
    (SENT, "new"): COMPATIBLE,
    (SENT, "new and required"): BREAKING,
    (SENT, "now required"): BREAKING,
    (SENT, "no longer required"): COMPATIBLE,
    (READ, "gone"): BREAKING,
    (READ, "new"): COMPATIBLE,
    (READ, "new and required"): COMPATIBLE,
    (READ, "now required"): COMPATIBLE,
    (READ, "no longer required"): BREAKING,
}
# One form of a body among several: readers do not miss it, but they cannot read one more.
MEDIA = {
    (SENT, "gone"): BREAKING,
    (SENT, "new"): COMPATIBLE,
    (READ, "gone"): COMPATIBLE,
    (READ, "new"): BREAKING,
}
# A failure that the contract does not name was always possible; a second success was not.
STATUS = {"1": BREAKING, "2": BREAKING, "3": BREAKING, "4": COMPATIBLE, "5": COMPATIBLE}
# What is compared for each kind of part; the rest must not pass for harmless.
COMPARED = {
    "operation": {"operationId", "tags", "parameters", "requestBody", "responses", "security"}
    | {"servers", "deprecated"},
    "path": {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
    | {"parameters", "servers"},
    "value": {"name", "in", "required", "schema", "content", "deprecated"},
    "media type": {"schema"},
    "reply": {"content", "headers", "links"},
    "contract": {"info", "tags", "paths", "webhooks", "components", "security", "servers"},
}


class Part(NamedTuple):
    """A part of one version, with the contract that its references point into."""

    doc: Schema
    node: Schema

    def child(self, key: str) -> Part:
        return Part(self.doc, resolved(self.doc, self.node.get(key, {})))

    def children(self, key: str) -> dict[str, Part]:
        parent = self.child(key)
        return {str(name): parent.child(name) for name in parent.node}


Parts = dict[str, Part]


def of_values(old: Parts, new: Parts, side: str, label: str = "") -> Iterator[Change]:
    """Parameters, headers or a body: what may be required and has a schema or media types."""
    for name in sorted(old.keys() | new.keys()):
        place = label + name
        was, now = old.get(name), new.get(name)
        if event := presence(was, now):
            yield Change(PRESENCE[side, event], place, event)
        if was and now:
            yield from of_schema(was, now, side, place)
            yield from of_content(was, now, side, place)
            yield from of_deprecation(was.node, now.node, place)
            yield from leftovers("value", was.node, now.node, place)


def presence(old: Part | None, new: Part | None) -> str | None:
    before, now = (bool(each and each.node.get("required")) for each in (old, new))
    if new is None:
        return "gone"
    if old is None:
        return "new and required" if now else "new"
    return None if before == now else "now required" if now else "no longer required"


def of_schema(old: Part, new: Part, side: str, place: str) -> Iterator[Change]:
    before, now = (flat(each.doc, each.node.get("schema", {}), side) for each in (old, new))
    for change in judge(Spot(before, now, side)):
        yield change._replace(place=f"{place} {change.place}".strip())


def of_content(old: Part, new: Part, side: str, place: str) -> Iterator[Change]:
    before, now = old.children("content"), new.children("content")
    for media in sorted(before.keys() & now.keys()):
        where = place if len(before) == len(now) == 1 else f"{place} {media}"
        yield from of_schema(before[media], now[media], side, where)
        yield from leftovers("media type", before[media].node, now[media].node, where)
    # A body where there was none, or none where there was one, is no matter of forms.
    rules = MEDIA if before and now else PRESENCE
    for media in sorted(before.keys() ^ now.keys()):
        event = "gone" if media in before else "new"
        yield Change(rules[side, event], place, f"media type {media} {event}")


def of_replies(old: Parts, new: Parts, side: str) -> Iterator[Change]:
    for code in sorted(old.keys() | new.keys()):
        place = f"reply {code}"
        if code not in old:
            level = STATUS.get(code[0], UNKNOWN) if side == READ else COMPATIBLE
            yield Change(level, place, "new status code")
        elif code not in new:
            yield Change(BREAKING, place, "status code gone")
        else:
            yield from of_reply(old[code], new[code], side, place)


def of_reply(old: Part, new: Part, side: str, place: str) -> Iterator[Change]:
    yield from of_content(old, new, side, place)
    before, now = (
        {name.lower(): header for name, header in each.children("headers").items()}
        for each in (old, new)
    )
    yield from of_values(before, now, side, f"{place} header ")
    if old.child("links").node != new.child("links").node:
        yield Change(COMPATIBLE, place, "links changed; nothing is generated from them")
    yield from leftovers("reply", old.node, new.node, place)


def of_deprecation(old: Schema, new: Schema, place: str) -> Iterator[Change]:
    before, now = (each.get("deprecated", False) for each in (old, new))
    if before != now:
        yield Change(COMPATIBLE, place, "deprecated" if now else "no longer deprecated")


def leftovers(kind: str, old: Schema, new: Schema, place: str) -> Iterator[Change]:
    for key in sorted((old.keys() | new.keys()) - COMPARED[kind] - PROSE):
        if old.get(key) != new.get(key):
            yield Change(UNKNOWN, place, f"{key} changed; it is not compared")


def bare(node: Schema) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key not in PROSE}
