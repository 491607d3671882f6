"""What differs between the public Python names of two versions."""

from __future__ import annotations

from collections.abc import Iterator

from .findings import BREAKING, COMPATIBLE, UNKNOWN, Change, Finding
from .names import MODELS, Name, Parameter

# What callers give may have more types than before, what they get may have fewer.
GIVEN = {"wider": COMPATIBLE, "narrower": BREAKING, "other": UNKNOWN}
GOT = {"wider": BREAKING, "narrower": COMPATIBLE, "other": UNKNOWN}
# An attribute may be given or got. Which one it is for a generated model, the contract says.
EITHER = {"wider": UNKNOWN, "narrower": UNKNOWN, "other": UNKNOWN}
AS_THE_CONTRACT = {"wider": COMPATIBLE, "narrower": COMPATIBLE, "other": UNKNOWN}


def compare(old: dict[str, Name], new: dict[str, Name]) -> list[Finding]:
    """Of a name that came or went, nothing is said about what is below it."""
    found = []
    for path in [*old, *(path for path in new if path not in old)]:
        package, _, name = path.partition(".")
        for change in of_path(path, old, new):
            found.append(Finding(change.level, package, name + change.place, change.what))
    return found


def of_path(path: str, old: dict[str, Name], new: dict[str, Name]) -> Iterator[Change]:
    parent = path.rpartition(".")[0]
    if path in old and path in new:
        yield from of_name(old[path], new[path], path.startswith(MODELS))
    elif path in old and (parent in new or parent not in old):
        yield Change(BREAKING, "", "gone")
    elif path in new and (parent in old or parent not in new) and not path.endswith("__"):
        yield Change(COMPATIBLE, "", "new")


def of_name(old: Name, new: Name, model: bool) -> Iterator[Change]:
    values = {"attribute", "property"}
    if old.kind != new.kind and {old.kind, new.kind} != values:
        yield Change(BREAKING, "", f"{new.kind}, was {old.kind}")
        return
    for base in sorted(old.bases - new.bases):
        if not base.startswith("_"):
            yield Change(BREAKING, "", f"is no {base} any more")
    rules = GOT
    if new.kind == "attribute":
        rules = AS_THE_CONTRACT if model else EITHER
    yield from of_types(old.types, new.types, rules, "")
    yield from of_parameters(old.parameters, new.parameters)


def of_types(
    old: frozenset[str], new: frozenset[str], rules: dict[str, str], place: str
) -> Iterator[Change]:
    if old and new and old != new:
        relation = "wider" if old < new else "narrower" if new < old else "other"
        before, now = (" | ".join(sorted(types)) for types in (old, new))
        yield Change(rules[relation], place, f"type {now}, was {before}")


def of_parameters(old: dict[str, Parameter], new: dict[str, Parameter]) -> Iterator[Change]:
    for name in [*old, *(name for name in new if name not in old)]:
        place = f"({name})"
        was, now = old.get(name), new.get(name)
        if was is None and now is not None:
            level = BREAKING if now.required else COMPATIBLE
            yield Change(level, place, "new and required" if now.required else "new")
        elif now is None:
            yield Change(BREAKING, place, "gone")
        elif was is not None:
            yield from of_parameter(was, now, place)


def of_parameter(old: Parameter, new: Parameter, place: str) -> Iterator[Change]:
    if old.position is not None and old.position != new.position:
        yield Change(BREAKING, place, "by name only" if new.position is None else "moved")
    if old.by_name and not new.by_name:
        yield Change(BREAKING, place, "by position only")
    if new.required and not old.required:
        yield Change(BREAKING, place, "now required")
    elif old.required and not new.required:
        yield Change(COMPATIBLE, place, "no longer required")
    elif old.default != new.default:
        yield Change(BREAKING, place, f"default {new.default}, was {old.default}")
    yield from of_types(old.types, new.types, GIVEN, place)
