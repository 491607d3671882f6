# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ModelRow")


@_attrs_define
class ModelRow:
    """What one model accepts. Evidence: V-cli0, V-reg, V-snap.

    Attributes:
        model_key (str):
        title (None | str | Unset): Null where another reply has a text (U-py, I).
        durations (list[int] | None | Unset): Seconds.
        aspect_ratios (list[str] | None | Unset):
        resolutions (list[str] | None | Unset):
        has_generate_audio (bool | None | Unset):
        has_negative_prompt (bool | None | Unset):
        prompt_length_limit (int | None | Unset): Characters; 2000 in every row seen. Evidence: V-snap.
        support_multiple_images (bool | None | Unset):
        support_first_last_frame (bool | None | Unset):
        upload_image_limit (int | None | Unset): How many images; 3 where it is absent. Evidence: V-reg.
    """

    model_key: str
    title: None | str | Unset = UNSET
    durations: list[int] | None | Unset = UNSET
    aspect_ratios: list[str] | None | Unset = UNSET
    resolutions: list[str] | None | Unset = UNSET
    has_generate_audio: bool | None | Unset = UNSET
    has_negative_prompt: bool | None | Unset = UNSET
    prompt_length_limit: int | None | Unset = UNSET
    support_multiple_images: bool | None | Unset = UNSET
    support_first_last_frame: bool | None | Unset = UNSET
    upload_image_limit: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        model_key = self.model_key

        title: None | str | Unset
        if isinstance(self.title, Unset):
            title = UNSET
        else:
            title = self.title

        durations: list[int] | None | Unset
        if isinstance(self.durations, Unset):
            durations = UNSET
        elif isinstance(self.durations, list):
            durations = self.durations

        else:
            durations = self.durations

        aspect_ratios: list[str] | None | Unset
        if isinstance(self.aspect_ratios, Unset):
            aspect_ratios = UNSET
        elif isinstance(self.aspect_ratios, list):
            aspect_ratios = self.aspect_ratios

        else:
            aspect_ratios = self.aspect_ratios

        resolutions: list[str] | None | Unset
        if isinstance(self.resolutions, Unset):
            resolutions = UNSET
        elif isinstance(self.resolutions, list):
            resolutions = self.resolutions

        else:
            resolutions = self.resolutions

        has_generate_audio: bool | None | Unset
        if isinstance(self.has_generate_audio, Unset):
            has_generate_audio = UNSET
        else:
            has_generate_audio = self.has_generate_audio

        has_negative_prompt: bool | None | Unset
        if isinstance(self.has_negative_prompt, Unset):
            has_negative_prompt = UNSET
        else:
            has_negative_prompt = self.has_negative_prompt

        prompt_length_limit: int | None | Unset
        if isinstance(self.prompt_length_limit, Unset):
            prompt_length_limit = UNSET
        else:
            prompt_length_limit = self.prompt_length_limit

        support_multiple_images: bool | None | Unset
        if isinstance(self.support_multiple_images, Unset):
            support_multiple_images = UNSET
        else:
            support_multiple_images = self.support_multiple_images

        support_first_last_frame: bool | None | Unset
        if isinstance(self.support_first_last_frame, Unset):
            support_first_last_frame = UNSET
        else:
            support_first_last_frame = self.support_first_last_frame

        upload_image_limit: int | None | Unset
        if isinstance(self.upload_image_limit, Unset):
            upload_image_limit = UNSET
        else:
            upload_image_limit = self.upload_image_limit

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "model_key": model_key,
            }
        )
        if title is not UNSET:
            field_dict["title"] = title
        if durations is not UNSET:
            field_dict["durations"] = durations
        if aspect_ratios is not UNSET:
            field_dict["aspect_ratios"] = aspect_ratios
        if resolutions is not UNSET:
            field_dict["resolutions"] = resolutions
        if has_generate_audio is not UNSET:
            field_dict["has_generate_audio"] = has_generate_audio
        if has_negative_prompt is not UNSET:
            field_dict["has_negative_prompt"] = has_negative_prompt
        if prompt_length_limit is not UNSET:
            field_dict["prompt_length_limit"] = prompt_length_limit
        if support_multiple_images is not UNSET:
            field_dict["support_multiple_images"] = support_multiple_images
        if support_first_last_frame is not UNSET:
            field_dict["support_first_last_frame"] = support_first_last_frame
        if upload_image_limit is not UNSET:
            field_dict["upload_image_limit"] = upload_image_limit

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, (dict, Mapping)):  # a Mapping takes longer to tell
            raise TypeError("not an object")
        d = dict(src_dict)
        model_key = d.pop("model_key")

        def _parse_title(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        title = _parse_title(d.pop("title", UNSET))

        def _parse_durations(data: object) -> list[int] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                durations_type_0 = cast(list[int], data)

                return durations_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[int] | None | Unset, data)

        durations = _parse_durations(d.pop("durations", UNSET))

        def _parse_aspect_ratios(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                componentsschemas_texts_type_0 = cast(list[str], data)

                return componentsschemas_texts_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        aspect_ratios = _parse_aspect_ratios(d.pop("aspect_ratios", UNSET))

        def _parse_resolutions(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                componentsschemas_texts_type_0 = cast(list[str], data)

                return componentsschemas_texts_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        resolutions = _parse_resolutions(d.pop("resolutions", UNSET))

        def _parse_has_generate_audio(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        has_generate_audio = _parse_has_generate_audio(d.pop("has_generate_audio", UNSET))

        def _parse_has_negative_prompt(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        has_negative_prompt = _parse_has_negative_prompt(d.pop("has_negative_prompt", UNSET))

        def _parse_prompt_length_limit(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        prompt_length_limit = _parse_prompt_length_limit(d.pop("prompt_length_limit", UNSET))

        def _parse_support_multiple_images(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        support_multiple_images = _parse_support_multiple_images(
            d.pop("support_multiple_images", UNSET)
        )

        def _parse_support_first_last_frame(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        support_first_last_frame = _parse_support_first_last_frame(
            d.pop("support_first_last_frame", UNSET)
        )

        def _parse_upload_image_limit(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        upload_image_limit = _parse_upload_image_limit(d.pop("upload_image_limit", UNSET))

        model_row = cls(
            model_key=model_key,
            title=title,
            durations=durations,
            aspect_ratios=aspect_ratios,
            resolutions=resolutions,
            has_generate_audio=has_generate_audio,
            has_negative_prompt=has_negative_prompt,
            prompt_length_limit=prompt_length_limit,
            support_multiple_images=support_multiple_images,
            support_first_last_frame=support_first_last_frame,
            upload_image_limit=upload_image_limit,
        )

        model_row.additional_properties = d
        return model_row

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
