# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="UploadData")


@_attrs_define
class UploadData:
    """Evidence: D-up.

    Attributes:
        object_url_list (list[str]): The first is the address. Evidence: D-up.
    """

    object_url_list: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        object_url_list = self.object_url_list

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "object_url_list": object_url_list,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, (dict, Mapping)):  # a Mapping takes longer to tell
            raise TypeError("not an object")
        d = dict(src_dict)
        object_url_list = cast(list[str], d.pop("object_url_list"))

        upload_data = cls(
            object_url_list=object_url_list,
        )

        upload_data.additional_properties = d
        return upload_data

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
