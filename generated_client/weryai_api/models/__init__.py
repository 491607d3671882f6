# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
"""Contains all the data models used in inputs/outputs"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .balance_object import BalanceObject
    from .balance_ok import BalanceOk
    from .batch_status_ok import BatchStatusOk
    from .boolean_text import BooleanText
    from .business_error import BusinessError
    from .first_last_image_to_video_request import FirstLastImageToVideoRequest
    from .http_error import HttpError
    from .image_to_video_request import ImageToVideoRequest
    from .known_task_status import KnownTaskStatus
    from .model_row import ModelRow
    from .model_table import ModelTable
    from .models_ok import ModelsOk
    from .multi_image_to_video_request import MultiImageToVideoRequest
    from .ok_status import OkStatus
    from .submit_data import SubmitData
    from .submit_ok import SubmitOk
    from .task_notice import TaskNotice
    from .task_outcome import TaskOutcome
    from .task_report import TaskReport
    from .task_report_camel import TaskReportCamel
    from .task_report_wrapped import TaskReportWrapped
    from .task_status_ok import TaskStatusOk
    from .upload_data import UploadData
    from .upload_form import UploadForm
    from .upload_ok import UploadOk
    from .video_number import VideoNumber
    from .video_object import VideoObject
else:
    from importlib import import_module

    _MODULES = {
        "BalanceObject": ".balance_object",
        "BalanceOk": ".balance_ok",
        "BatchStatusOk": ".batch_status_ok",
        "BooleanText": ".boolean_text",
        "BusinessError": ".business_error",
        "FirstLastImageToVideoRequest": ".first_last_image_to_video_request",
        "HttpError": ".http_error",
        "ImageToVideoRequest": ".image_to_video_request",
        "KnownTaskStatus": ".known_task_status",
        "ModelRow": ".model_row",
        "ModelTable": ".model_table",
        "ModelsOk": ".models_ok",
        "MultiImageToVideoRequest": ".multi_image_to_video_request",
        "OkStatus": ".ok_status",
        "SubmitData": ".submit_data",
        "SubmitOk": ".submit_ok",
        "TaskNotice": ".task_notice",
        "TaskOutcome": ".task_outcome",
        "TaskReport": ".task_report",
        "TaskReportCamel": ".task_report_camel",
        "TaskReportWrapped": ".task_report_wrapped",
        "TaskStatusOk": ".task_status_ok",
        "UploadData": ".upload_data",
        "UploadForm": ".upload_form",
        "UploadOk": ".upload_ok",
        "VideoNumber": ".video_number",
        "VideoObject": ".video_object",
    }

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(_MODULES[name], __name__), name)
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


__all__ = (
    "BalanceObject",
    "BalanceOk",
    "BatchStatusOk",
    "BooleanText",
    "BusinessError",
    "FirstLastImageToVideoRequest",
    "HttpError",
    "ImageToVideoRequest",
    "KnownTaskStatus",
    "ModelRow",
    "ModelsOk",
    "ModelTable",
    "MultiImageToVideoRequest",
    "OkStatus",
    "SubmitData",
    "SubmitOk",
    "TaskNotice",
    "TaskOutcome",
    "TaskReport",
    "TaskReportCamel",
    "TaskReportWrapped",
    "TaskStatusOk",
    "UploadData",
    "UploadForm",
    "UploadOk",
    "VideoNumber",
    "VideoObject",
)
