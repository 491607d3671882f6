# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ModelTable")


@_attrs_define
class ModelTable:
    """One list per kind of job. Where multi_image_to_video is absent, the rows of image_to_video hold for it
    (V-reg). Evidence: V-cli0, V-reg.

        Attributes:
            text_to_video (list[ModelRow] | None | Unset):
            image_to_video (list[ModelRow] | None | Unset):
            multi_image_to_video (list[ModelRow] | None | Unset):
    """

    text_to_video: list[ModelRow] | None | Unset = UNSET
    image_to_video: list[ModelRow] | None | Unset = UNSET
    multi_image_to_video: list[ModelRow] | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        text_to_video: list[dict[str, Any]] | None | Unset
        if isinstance(self.text_to_video, Unset):
            text_to_video = UNSET
        elif isinstance(self.text_to_video, list):
            text_to_video = []
            for componentsschemas_model_rows_type_0_item_data in self.text_to_video:
                componentsschemas_model_rows_type_0_item = (
                    componentsschemas_model_rows_type_0_item_data.to_dict()
                )
                text_to_video.append(componentsschemas_model_rows_type_0_item)

        else:
            text_to_video = self.text_to_video

        image_to_video: list[dict[str, Any]] | None | Unset
        if isinstance(self.image_to_video, Unset):
            image_to_video = UNSET
        elif isinstance(self.image_to_video, list):
            image_to_video = []
            for componentsschemas_model_rows_type_0_item_data in self.image_to_video:
                componentsschemas_model_rows_type_0_item = (
                    componentsschemas_model_rows_type_0_item_data.to_dict()
                )
                image_to_video.append(componentsschemas_model_rows_type_0_item)

        else:
            image_to_video = self.image_to_video

        multi_image_to_video: list[dict[str, Any]] | None | Unset
        if isinstance(self.multi_image_to_video, Unset):
            multi_image_to_video = UNSET
        elif isinstance(self.multi_image_to_video, list):
            multi_image_to_video = []
            for componentsschemas_model_rows_type_0_item_data in self.multi_image_to_video:
                componentsschemas_model_rows_type_0_item = (
                    componentsschemas_model_rows_type_0_item_data.to_dict()
                )
                multi_image_to_video.append(componentsschemas_model_rows_type_0_item)

        else:
            multi_image_to_video = self.multi_image_to_video

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if text_to_video is not UNSET:
            field_dict["text_to_video"] = text_to_video
        if image_to_video is not UNSET:
            field_dict["image_to_video"] = image_to_video
        if multi_image_to_video is not UNSET:
            field_dict["multi_image_to_video"] = multi_image_to_video

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, (dict, Mapping)):  # a Mapping takes longer to tell
            raise TypeError("not an object")
        d = dict(src_dict)

        def _parse_text_to_video(data: object) -> list[ModelRow] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                componentsschemas_model_rows_type_0 = []
                _componentsschemas_model_rows_type_0 = data
                for (
                    componentsschemas_model_rows_type_0_item_data
                ) in _componentsschemas_model_rows_type_0:
                    componentsschemas_model_rows_type_0_item = ModelRow.from_dict(
                        componentsschemas_model_rows_type_0_item_data
                    )

                    componentsschemas_model_rows_type_0.append(
                        componentsschemas_model_rows_type_0_item
                    )

                return componentsschemas_model_rows_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[ModelRow] | None | Unset, data)

        text_to_video = _parse_text_to_video(d.pop("text_to_video", UNSET))

        def _parse_image_to_video(data: object) -> list[ModelRow] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                componentsschemas_model_rows_type_0 = []
                _componentsschemas_model_rows_type_0 = data
                for (
                    componentsschemas_model_rows_type_0_item_data
                ) in _componentsschemas_model_rows_type_0:
                    componentsschemas_model_rows_type_0_item = ModelRow.from_dict(
                        componentsschemas_model_rows_type_0_item_data
                    )

                    componentsschemas_model_rows_type_0.append(
                        componentsschemas_model_rows_type_0_item
                    )

                return componentsschemas_model_rows_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[ModelRow] | None | Unset, data)

        image_to_video = _parse_image_to_video(d.pop("image_to_video", UNSET))

        def _parse_multi_image_to_video(data: object) -> list[ModelRow] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                componentsschemas_model_rows_type_0 = []
                _componentsschemas_model_rows_type_0 = data
                for (
                    componentsschemas_model_rows_type_0_item_data
                ) in _componentsschemas_model_rows_type_0:
                    componentsschemas_model_rows_type_0_item = ModelRow.from_dict(
                        componentsschemas_model_rows_type_0_item_data
                    )

                    componentsschemas_model_rows_type_0.append(
                        componentsschemas_model_rows_type_0_item
                    )

                return componentsschemas_model_rows_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[ModelRow] | None | Unset, data)

        multi_image_to_video = _parse_multi_image_to_video(d.pop("multi_image_to_video", UNSET))

        model_table = cls(
            text_to_video=text_to_video,
            image_to_video=image_to_video,
            multi_image_to_video=multi_image_to_video,
        )

        model_table.additional_properties = d
        return model_table

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


from ..models.model_row import ModelRow  # noqa: E402
