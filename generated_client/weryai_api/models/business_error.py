# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="BusinessError")


@_attrs_define
class BusinessError:
    """A refusal or a failure inside HTTP 200. 1001 rate limit, 1002 parameter (key or policy where the text says so),
    1003 and 1010 not found, 1006 no such model, 1007 queue full, 1009 and 1017 permission, 1011 credits, 1014
    image too large, 1015 daily uploads, 2001 and 2003 content, 2004 format, 6001 to 6004 and 6010 the workflow,
    6101 daily limit. Evidence: V-err, U-py; D-dev gives 1001 and 1002 other meanings, see NOTES.md.

        Attributes:
            status (int):
            success (bool | Unset): Evidence: V-plat.
            desc (None | str | Unset): What happened, in desc, message or msg. Evidence: D-dev; V-err, V-cli, U-ts.
            message (None | str | Unset): What happened, in desc, message or msg. Evidence: D-dev; V-err, V-cli, U-ts.
            msg (None | str | Unset): What happened, in desc, message or msg. Evidence: D-dev; V-err, V-cli, U-ts.
            data (Any | Unset):
    """

    status: int
    success: bool | Unset = UNSET
    desc: None | str | Unset = UNSET
    message: None | str | Unset = UNSET
    msg: None | str | Unset = UNSET
    data: Any | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status = self.status

        success = self.success

        desc: None | str | Unset
        if isinstance(self.desc, Unset):
            desc = UNSET
        else:
            desc = self.desc

        message: None | str | Unset
        if isinstance(self.message, Unset):
            message = UNSET
        else:
            message = self.message

        msg: None | str | Unset
        if isinstance(self.msg, Unset):
            msg = UNSET
        else:
            msg = self.msg

        data = self.data

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
            }
        )
        if success is not UNSET:
            field_dict["success"] = success
        if desc is not UNSET:
            field_dict["desc"] = desc
        if message is not UNSET:
            field_dict["message"] = message
        if msg is not UNSET:
            field_dict["msg"] = msg
        if data is not UNSET:
            field_dict["data"] = data

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, (dict, Mapping)):  # a Mapping takes longer to tell
            raise TypeError("not an object")
        d = dict(src_dict)
        status = d.pop("status")

        success = d.pop("success", UNSET)

        def _parse_desc(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        desc = _parse_desc(d.pop("desc", UNSET))

        def _parse_message(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        message = _parse_message(d.pop("message", UNSET))

        def _parse_msg(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        msg = _parse_msg(d.pop("msg", UNSET))

        data = d.pop("data", UNSET)

        business_error = cls(
            status=status,
            success=success,
            desc=desc,
            message=message,
            msg=msg,
            data=data,
        )

        business_error.additional_properties = d
        return business_error

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
