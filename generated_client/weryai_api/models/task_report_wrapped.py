# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TaskReportWrapped")


@_attrs_define
class TaskReportWrapped:
    """The same below `output`. Evidence: V-norm.

    Attributes:
        output (TaskReport | TaskReportCamel):
    """

    output: TaskReport | TaskReportCamel
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        output: dict[str, Any]
        if isinstance(self.output, TaskReport):
            output = self.output.to_dict()
        else:
            output = self.output.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "output": output,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, (dict, Mapping)):  # a Mapping takes longer to tell
            raise TypeError("not an object")
        d = dict(src_dict)

        def _parse_output(data: object) -> TaskReport | TaskReportCamel:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                output_type_0 = TaskReport.from_dict(data)

                return output_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            output_type_1 = TaskReportCamel.from_dict(data)

            return output_type_1

        output = _parse_output(d.pop("output"))

        task_report_wrapped = cls(
            output=output,
        )

        task_report_wrapped.additional_properties = d
        return task_report_wrapped

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
