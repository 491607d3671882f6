# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
"""Contains all the data models used in inputs/outputs"""

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
