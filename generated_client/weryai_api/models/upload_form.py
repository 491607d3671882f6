# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..types import UNSET, File, Unset

T = TypeVar("T", bound="UploadForm")


@_attrs_define
class UploadForm:
    """
    Attributes:
        file (File): jpg, jpeg, png or webp, at most 10 MB, which is what the vendor's client allows; code 1014 says too
            large.
            Evidence: D-up, V-upl, V-err.
        batch_no (str | Unset): Batch number for rate-limit reuse; optional in practice. Evidence: D-up, U-py.
        fixed (bool | Unset): Whether to use a fixed file name. Evidence: D-up, V-cli. Default: False.
    """

    file: File
    batch_no: str | Unset = UNSET
    fixed: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        file = self.file.to_tuple()

        batch_no = self.batch_no

        fixed = self.fixed

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "file": file,
            }
        )
        if batch_no is not UNSET:
            field_dict["batch_no"] = batch_no
        if fixed is not UNSET:
            field_dict["fixed"] = fixed

        return field_dict

    def to_multipart(self) -> types.RequestFiles:
        files: types.RequestFiles = []

        files.append(("file", self.file.to_tuple()))

        if not isinstance(self.batch_no, Unset):
            files.append(("batch_no", (None, str(self.batch_no).encode(), "text/plain")))

        if not isinstance(self.fixed, Unset):
            files.append(("fixed", (None, b"true" if self.fixed else b"false", "text/plain")))

        for prop_name, prop in self.additional_properties.items():
            files.append((prop_name, (None, str(prop).encode(), "text/plain")))

        return files

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, (dict, Mapping)):  # a Mapping takes longer to tell
            raise TypeError("not an object")
        d = dict(src_dict)
        file = File(payload=BytesIO(d.pop("file")))

        batch_no = d.pop("batch_no", UNSET)

        fixed = d.pop("fixed", UNSET)

        upload_form = cls(
            file=file,
            batch_no=batch_no,
            fixed=fixed,
        )

        upload_form.additional_properties = d
        return upload_form

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
