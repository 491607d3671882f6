"""What the registry says of a request, field by field. The registry is a help and no law: what it
does not say is no fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from .._plain import Plain
from ._fields import IMAGES

if TYPE_CHECKING:
    from ..results import Model
    from ._base import VideoRequest

NOT_SAID = "the registry does not say"
# What a kind of requests needs of a model, by the flag of its row.
NEEDS = {"support_first_last_frame": "a first and a last frame"}


@frozen
class Findings(Plain):
    """What the registry of models says of one request.

    Attributes:
        faults: why `submit` refuses it, each with what the model accepts.
        warnings: what may be wrong, such as a key that is not listed.
        checked: the fields that were compared with the model's row.
        not_checked: the others that the model may refuse, and why nothing is known of them.
    """

    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    not_checked: Mapping[str, str] = field(factory=dict)


@define
class _Comparing:
    """What was found so far."""

    faults: list[str] = field(factory=list)
    checked: list[str] = field(factory=list)
    not_checked: dict[str, str] = field(factory=dict)

    def member(self, name: str, value: object, among: Sequence[object], unsaid: str) -> None:
        """A value that has to be one of a list; an empty one says nothing."""
        if not among:
            self.not_checked[name] = unsaid
            return
        self.checked.append(name)
        if value not in among:
            listed = ", ".join(map(str, among))
            self.faults.append(f"{name} is {value}, and the model takes {listed}")

    def allowed(self, name: str, allows: bool | None) -> None:
        """A field that not every model takes."""
        if allows is None:
            self.not_checked[name] = NOT_SAID
            return
        self.checked.append(name)
        if not allows:
            self.faults.append(f"{name} is nothing that the model takes: leave it out")

    def limit(self, name: str, number: int, most: int | None, unit: str) -> None:
        """A number of things that may not be exceeded."""
        if most is None:
            self.not_checked[name] = NOT_SAID
            return
        self.checked.append(name)
        if number > most:
            self.faults.append(f"{name}: the model takes {most} {unit}, not {number}")


def unasked(why: str) -> Findings:
    """Nothing is known, and this is why."""
    return Findings(not_checked={"model": why})


def compared(
    request: VideoRequest,
    models: Sequence[Model],
    endpoint: str,
    *,
    own: bool = True,
    needs: str | None = None,
) -> Findings:
    """A request with the row of its model.

    Parameters:
        models: the rows of the registry.
        endpoint: what the endpoint of the request is called.
        own: whether these are rows for such requests. Those for one image say only whether a model
            takes others at all, as its durations may be others then.
        needs: the flag by which a row says that.
    """
    if not models:
        return unasked(f"the registry lists no model for {endpoint}")
    row = next((model for model in models if model.key == request.model), None)
    if row is not None and needs and getattr(row, needs) is False:
        words = f"model {row.key} does not take {NEEDS[needs]}, says the registry"
        return Findings(faults=(words,), checked=("model",))
    if not own:
        return _borrowed(row, endpoint, needs)
    if row is None:
        return Findings(warnings=(_unknown(request.model, models, endpoint),))
    found = _Comparing(checked=["model"])
    _compare(request, row, found)
    return Findings((*found.faults,), (), (*found.checked,), found.not_checked)


def _borrowed(row: Model | None, endpoint: str, needs: str | None) -> Findings:
    """What a row for one image says of other requests."""
    why = f"the registry has no rows for {endpoint}"
    if row is None or needs is None or getattr(row, needs) is None:
        return unasked(why)
    return Findings(
        checked=("model",), not_checked=dict.fromkeys(("duration", "aspect_ratio"), why)
    )


def _compare(request: VideoRequest, row: Model, found: _Comparing) -> None:
    found.limit("prompt", len(request.prompt), row.prompt_length_limit, "characters")
    for check in request._checks:
        if check.annotation == IMAGES:
            most = 1 if row.support_multiple_images is False else row.upload_image_limit
            number = len(check.images(getattr(request, check.name)))
            found.limit(check.name, number, most, "images" if most != 1 else "image")
    found.member("duration", request.duration, row.durations, NOT_SAID)
    found.member("aspect_ratio", request.aspect_ratio, row.aspect_ratios, NOT_SAID)
    if request.resolution is not None:
        unsaid = "the registry lists none for this model: better leave it out"
        found.member("resolution", request.resolution, row.resolutions, unsaid)
    if request.generate_audio:  # without sound is what a model without sound makes
        found.allowed("generate_audio", row.has_generate_audio)
    if request.negative_prompt is not None:
        found.allowed("negative_prompt", row.has_negative_prompt)


def _unknown(key: str, models: Sequence[Model], endpoint: str) -> str:
    spelled = key.upper().replace("-", "_").replace(" ", "_")
    near = get_close_matches(spelled, [model.key for model in models], n=1)
    meant = f": did you mean {near[0]}?" if near else ""
    return f"model {key} is not in the registry for {endpoint}{meant}"
