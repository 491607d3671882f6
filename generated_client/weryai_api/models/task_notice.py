# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="TaskNotice")


@_attrs_define
class TaskNotice:
    """The body of the webhook: the envelope of the replies around one task, upper case in the vendor's example.
    A failed task arrives the same way with `msg`. Evidence: D-dev, U-skill.

        Attributes:
            data (TaskReport | TaskReportCamel | TaskReportWrapped): The three shapes in which a task is told. Evidence:
                V-norm.
            status (int | Unset):
            success (bool | Unset):
            desc (None | str | Unset): What happened, in desc, message or msg. Evidence: D-dev; V-err, V-cli, U-ts.
            message (None | str | Unset): What happened, in desc, message or msg. Evidence: D-dev; V-err, V-cli, U-ts.
            msg (None | str | Unset): What happened, in desc, message or msg. Evidence: D-dev; V-err, V-cli, U-ts.
    """

    data: TaskReport | TaskReportCamel | TaskReportWrapped
    status: int | Unset = UNSET
    success: bool | Unset = UNSET
    desc: None | str | Unset = UNSET
    message: None | str | Unset = UNSET
    msg: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        data: dict[str, Any]
        if isinstance(self.data, TaskReport):
            data = self.data.to_dict()
        elif isinstance(self.data, TaskReportCamel):
            data = self.data.to_dict()
        else:
            data = self.data.to_dict()

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

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "data": data,
            }
        )
        if status is not UNSET:
            field_dict["status"] = status
        if success is not UNSET:
            field_dict["success"] = success
        if desc is not UNSET:
            field_dict["desc"] = desc
        if message is not UNSET:
            field_dict["message"] = message
        if msg is not UNSET:
            field_dict["msg"] = msg

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, (dict, Mapping)):  # a Mapping takes longer to tell
            raise TypeError("not an object")
        d = dict(src_dict)

        def _parse_data(data: object) -> TaskReport | TaskReportCamel | TaskReportWrapped:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_task_form_type_0 = TaskReport.from_dict(data)

                return componentsschemas_task_form_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_task_form_type_1 = TaskReportCamel.from_dict(data)

                return componentsschemas_task_form_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_task_form_type_2 = TaskReportWrapped.from_dict(data)

            return componentsschemas_task_form_type_2

        data = _parse_data(d.pop("data"))

        status = d.pop("status", UNSET)

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

        task_notice = cls(
            data=data,
            status=status,
            success=success,
            desc=desc,
            message=message,
            msg=msg,
        )

        task_notice.additional_properties = d
        return task_notice

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


from ..models.task_report import TaskReport  # noqa: E402
from ..models.task_report_camel import TaskReportCamel  # noqa: E402
from ..models.task_report_wrapped import TaskReportWrapped  # noqa: E402
