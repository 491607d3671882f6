"""Where two schemas differ, and what each difference means for those who send or read the value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from .findings import BREAKING, COMPATIBLE, UNKNOWN, Change, worst
from .schemas import FORMS, LISTED, NAMED, OWNER, READ, SENT, SINGLE, Schema, contains, names

# Keywords that containment decides; any other may matter to the generator, which we cannot know.
DECIDED = frozenset(
    {*NAMED, *LISTED, *SINGLE, "type", "enum", "const", "multipleOf", "pattern", "format"}
    | {"required", "dependentRequired", "uniqueItems", "maximum", "exclusiveMaximum", "minimum"}
    | {"exclusiveMinimum", "maxLength", "minLength", "maxItems", "minItems", "maxContains"}
    | {"minContains", "maxProperties", "minProperties"}
)
LEVEL = {"yes": COMPATIBLE, "no": BREAKING, "unknown": UNKNOWN}
PHRASES = {
    "maxLength": "at most {} characters",
    "minLength": "at least {} characters",
    "maxItems": "at most {} items",
    "minItems": "at least {} items",
    "maximum": "at most {}",
    "minimum": "at least {}",
    "exclusiveMaximum": "less than {}",
    "exclusiveMinimum": "more than {}",
}
TOGETHER = "not what it was, all changes taken together"


class Spot(NamedTuple):
    """One place of the contract in both versions."""

    old: Schema
    new: Schema
    side: str
    place: str = ""
    around: tuple[frozenset[str], frozenset[str]] | None = None

    @property
    def known(self) -> tuple[frozenset[str], frozenset[str]]:
        """The names that the whole value has, before and now, where this is one form of it."""
        return self.around or (names(self.old), names(self.new))

    def field(self, name: str) -> str:
        """By its class, which may be at dozens of places; by its path where there is none."""
        owner = self.new.get(OWNER) if self.place else None
        return f"{owner or self.place}.{name}".lstrip(".")

    def verdict(self, new: Schema | None = None) -> str:
        return contains(self.old, self.new if new is None else new, self.side)


class Edit(NamedTuple):
    """One difference, and the old schema with nothing changed but this."""

    place: str
    what: str
    hybrid: Schema
    level: str | None = None  # where containment has no say
    named: bool = False  # a new name is news even where every value was taken before


def judge(spot: Spot) -> list[Change]:
    """Every difference of two flat schemas with its level.

    Containment that is proven at a place holds for all below it. Where it is not, the differences
    are judged one by one: it can nearly always be decided for a keyword and often not for a large
    schema, and a place takes more or less as those below it do.
    """
    if spot.old == spot.new:
        return []
    verdict = spot.verdict()
    if verdict == "yes":
        return proven(spot)
    found = judge_here(spot)
    for _, below in spots_below(spot):
        found += judge(below)
    level = worst(change.level for change in found)
    # The exception: of oneOf, a form that takes more can make the whole take less.
    exclusive = spot.side == SENT and spot.old.get("oneOf") != spot.new.get("oneOf")
    if (verdict == "no" and level != BREAKING) or (exclusive and level == COMPATIBLE):
        found.append(Change(LEVEL[verdict], spot.place, TOGETHER))
    return found


def proven(spot: Spot) -> list[Change]:
    """The differences where nothing breaks; none where only the spelling differs."""
    both_ways = contains(spot.old, spot.new, READ) == contains(spot.new, spot.old, READ) == "yes"
    return [
        Change(edit.level or COMPATIBLE, edit.place, edit.what)
        for edit in edits(spot)
        if edit.named or not both_ways
    ]


def judge_here(spot: Spot) -> list[Change]:
    """The differences at this place alone: each by itself, then all at once."""
    found = [
        Change(edit.level or LEVEL[spot.verdict(edit.hybrid)], edit.place, edit.what)
        for edit in edits_here(spot)
    ]
    if len(found) > 1 and worst(change.level for change in found) == COMPATIBLE:
        verdict = spot.verdict(with_old_below(spot))
        if verdict != "yes":
            found.append(Change(LEVEL[verdict], spot.place, TOGETHER))
    return found


def spots_below(spot: Spot) -> Iterator[tuple[str, Spot]]:
    """The places right below that both versions have, with the keyword that leads there."""
    before, now = spot.old.get("properties", {}), spot.new.get("properties", {})
    for name in sorted(before.keys() & now.keys()):
        yield "properties", Spot(before[name], now[name], spot.side, spot.field(name))
    if "items" in spot.old and "items" in spot.new:
        yield "items", Spot(spot.old["items"], spot.new["items"], spot.side, f"{spot.place}[]")
    for key in FORMS:
        gone = without(spot.old.get(key, []), spot.new.get(key, []))
        added = without(spot.new.get(key, []), spot.old.get(key, []))
        if len(gone) == len(added):
            for one, other in zip(gone, added, strict=True):
                # A class has its fields to itself, a bare condition is about those around it.
                around = None if OWNER in one else spot.known
                yield key, Spot(one, other, spot.side, spot.place, around)


def without(values: list[Any], others: list[Any]) -> list[Any]:
    return [value for value in values if value not in others]


def with_old_below(spot: Spot) -> Schema:
    """The new schema with the old ones below it."""
    result = spot.new | {key: spot.old[key] for key, _ in spots_below(spot)}
    if fields := spot.new.get("properties"):
        old = spot.old.get("properties", {})
        result["properties"] = {name: old.get(name, fields[name]) for name in fields}
    return result


def edits(spot: Spot) -> list[Edit]:
    """All differences from here down."""
    below = [edit for _, inner in spots_below(spot) for edit in edits(inner)]
    return [*edits_here(spot), *below]


def edits_here(spot: Spot) -> list[Edit]:
    below = {key for key, _ in spots_below(spot)} | {"properties", "required", OWNER}
    found = [*field_edits(spot), *required_edits(spot)]
    for key in sorted((spot.old.keys() | spot.new.keys()) - below):
        if spot.old.get(key) != spot.new.get(key):
            rest = {name: value for name, value in spot.old.items() if name != key}
            hybrid = rest | ({key: spot.new[key]} if key in spot.new else {})
            level = undecided_level(key, spot)
            what = phrase(key, spot.old, spot.new)
            news = level is not None or key == "enum"
            found.append(Edit(spot.place, what, hybrid, level, news))
    return found


def field_edits(spot: Spot) -> Iterator[Edit]:
    """Fields that came and went; one that is gone is an attribute that is gone in Python."""
    before, now = spot.old.get("properties", {}), spot.new.get("properties", {})
    was_required, is_required = (set(form.get("required", ())) for form in (spot.old, spot.new))
    for name in sorted(now.keys() - before.keys()):
        required = sorted(was_required | ({name} & is_required))
        hybrid = {**spot.old, "properties": before | {name: now[name]}, "required": required}
        what = "new and required" if name in is_required else "new"
        yield Edit(spot.field(name), what, hybrid, None, name not in spot.known[0])
    for name in sorted(before.keys() - now.keys()):
        hybrid = {**spot.old, "properties": {key: before[key] for key in before if key != name}}
        level = None if name in spot.known[1] else BREAKING
        yield Edit(spot.field(name), "gone", hybrid, level, level is not None)


def required_edits(spot: Spot) -> Iterator[Edit]:
    """Fields that have to be there now, or need not any more; `field_edits` tells of the rest."""
    before, now = (set(form.get("required", ())) for form in (spot.old, spot.new))
    told = set(spot.old.get("properties", ())) ^ set(spot.new.get("properties", ()))
    for name in sorted((before ^ now) - told):
        what = "now required" if name in now else "no longer required"
        yield Edit(spot.field(name), what, {**spot.old, "required": sorted(before ^ {name})})


def undecided_level(key: str, spot: Spot) -> str | None:
    """The level of a keyword that containment does not see; None for the others."""
    if key in DECIDED:
        return None
    if key == "default" and spot.side == SENT:
        # The generated client sends it where the caller gives nothing.
        return BREAKING if key in spot.old and key in spot.new else UNKNOWN
    return COMPATIBLE if key in ("default", "deprecated") else UNKNOWN


def phrase(key: str, old: Schema, new: Schema) -> str:
    """The difference of one keyword in words."""
    template = PHRASES.get(key, key + " {}")
    if key not in old:
        return "now " + template.format(short(new[key]))
    if key not in new:
        return "no longer " + template.format(short(old[key]))
    before, now = listed(old[key]), listed(new[key])
    if key in ("enum", *FORMS):
        return f"{key}: {amended(before, now)}"
    if key == "type":
        return f"type {' or '.join(now)}, was {' or '.join(before)}"
    return f"{template.format(short(new[key]))}, was {short(old[key])}"


def amended(before: list[Any], now: list[Any]) -> str:
    """What went from a list and what came to it."""
    parts = ("no longer", without(before, now)), ("now also", without(now, before))
    said = [f"{word} {', '.join(map(short, values))}" for word, values in parts if values]
    return "; ".join(said) or "in another order"


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
