# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.ok_status import OkStatus, check_ok_status
from ..types import UNSET, Unset

T = TypeVar("T", bound="BatchStatusOk")


@_attrs_define
class BatchStatusOk:
    """
    Attributes:
        data (list[TaskReport | TaskReportCamel | TaskReportWrapped] | TaskReport | TaskReportCamel |
            TaskReportWrapped): The tasks; a lone object is one task. Evidence: V-norm.
        status (OkStatus | Unset): A success says so: status 0 in the documentation (D-dev), status 200 live (U-js,
            V-err), or success true
            with or without a status (V-img, V-plat).
        success (bool | Unset): Evidence: V-img, V-plat, U-js.
        desc (None | str | Unset): What happened, in desc, message or msg. Evidence: D-dev; V-err, V-cli, U-ts.
        message (None | str | Unset): What happened, in desc, message or msg. Evidence: D-dev; V-err, V-cli, U-ts.
        msg (None | str | Unset): What happened, in desc, message or msg. Evidence: D-dev; V-err, V-cli, U-ts.
    """

    data: (
        list[TaskReport | TaskReportCamel | TaskReportWrapped]
        | TaskReport
        | TaskReportCamel
        | TaskReportWrapped
    )
    status: OkStatus | Unset = UNSET
    success: bool | Unset = UNSET
    desc: None | str | Unset = UNSET
    message: None | str | Unset = UNSET
    msg: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        data: dict[str, Any] | list[dict[str, Any]]
        if isinstance(self.data, list):
            data = []
            for data_type_0_item_data in self.data:
                data_type_0_item: dict[str, Any]
                if isinstance(data_type_0_item_data, TaskReport):
                    data_type_0_item = data_type_0_item_data.to_dict()
                elif isinstance(data_type_0_item_data, TaskReportCamel):
                    data_type_0_item = data_type_0_item_data.to_dict()
                else:
                    data_type_0_item = data_type_0_item_data.to_dict()

                data.append(data_type_0_item)

        elif isinstance(self.data, TaskReport):
            data = self.data.to_dict()
        elif isinstance(self.data, TaskReportCamel):
            data = self.data.to_dict()
        else:
            data = self.data.to_dict()

        status: int | Unset = UNSET
        if not isinstance(self.status, Unset):
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

        def _parse_data(
            data: object,
        ) -> (
            list[TaskReport | TaskReportCamel | TaskReportWrapped]
            | TaskReport
            | TaskReportCamel
            | TaskReportWrapped
        ):
            try:
                if not isinstance(data, list):
                    raise TypeError()
                data_type_0 = []
                _data_type_0 = data
                for data_type_0_item_data in _data_type_0:

                    def _parse_data_type_0_item(
                        data: object,
                    ) -> TaskReport | TaskReportCamel | TaskReportWrapped:
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

                    data_type_0_item = _parse_data_type_0_item(data_type_0_item_data)

                    data_type_0.append(data_type_0_item)

                return data_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
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

        _status = d.pop("status", UNSET)
        status: OkStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = check_ok_status(_status)

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

        batch_status_ok = cls(
            data=data,
            status=status,
            success=success,
            desc=desc,
            message=message,
            msg=msg,
        )

        batch_status_ok.additional_properties = d
        return batch_status_ok

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
