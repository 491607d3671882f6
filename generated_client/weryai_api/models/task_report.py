# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.known_task_status import KnownTaskStatus, check_known_task_status
from ..types import UNSET, Unset

T = TypeVar("T", bound="TaskReport")


@_attrs_define
class TaskReport:
    """One task. The closest published reply has task_id, task_status and a list of results (U-skill); videos are
    read from each of the places that the vendor's reader knows (V-norm, V-cli).

        Attributes:
            task_status (KnownTaskStatus | str): Spelled differently from place to place; the set is open. A value that is
                not known means still running
                (V-norm, V-err).
            task_id (None | str | Unset): Null where another reply has a text (U-py, I).
            videos (list[str | VideoObject] | None | Unset):
            video_urls (list[str | VideoObject] | None | Unset):
            video_url (None | str | Unset | VideoObject):
            video (None | str | Unset | VideoObject):
            task_result (None | TaskOutcome | Unset):
            output (None | TaskOutcome | Unset):
            msg (None | str | Unset): Why it failed. Evidence: D-qs, V-cli, U-py.
    """

    task_status: KnownTaskStatus | str
    task_id: None | str | Unset = UNSET
    videos: list[str | VideoObject] | None | Unset = UNSET
    video_urls: list[str | VideoObject] | None | Unset = UNSET
    video_url: None | str | Unset | VideoObject = UNSET
    video: None | str | Unset | VideoObject = UNSET
    task_result: None | TaskOutcome | Unset = UNSET
    output: None | TaskOutcome | Unset = UNSET
    msg: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        task_status: str
        if isinstance(self.task_status, str):
            task_status = self.task_status
        else:
            task_status = self.task_status

        task_id: None | str | Unset
        if isinstance(self.task_id, Unset):
            task_id = UNSET
        else:
            task_id = self.task_id

        videos: list[dict[str, Any] | str] | None | Unset
        if isinstance(self.videos, Unset):
            videos = UNSET
        elif isinstance(self.videos, list):
            videos = []
            for videos_type_0_item_data in self.videos:
                videos_type_0_item: dict[str, Any] | str
                if isinstance(videos_type_0_item_data, VideoObject):
                    videos_type_0_item = videos_type_0_item_data.to_dict()
                else:
                    videos_type_0_item = videos_type_0_item_data
                videos.append(videos_type_0_item)

        else:
            videos = self.videos

        video_urls: list[dict[str, Any] | str] | None | Unset
        if isinstance(self.video_urls, Unset):
            video_urls = UNSET
        elif isinstance(self.video_urls, list):
            video_urls = []
            for video_urls_type_0_item_data in self.video_urls:
                video_urls_type_0_item: dict[str, Any] | str
                if isinstance(video_urls_type_0_item_data, VideoObject):
                    video_urls_type_0_item = video_urls_type_0_item_data.to_dict()
                else:
                    video_urls_type_0_item = video_urls_type_0_item_data
                video_urls.append(video_urls_type_0_item)

        else:
            video_urls = self.video_urls

        video_url: dict[str, Any] | None | str | Unset
        if isinstance(self.video_url, Unset):
            video_url = UNSET
        elif isinstance(self.video_url, VideoObject):
            video_url = self.video_url.to_dict()
        else:
            video_url = self.video_url

        video: dict[str, Any] | None | str | Unset
        if isinstance(self.video, Unset):
            video = UNSET
        elif isinstance(self.video, VideoObject):
            video = self.video.to_dict()
        else:
            video = self.video

        task_result: dict[str, Any] | None | Unset
        if isinstance(self.task_result, Unset):
            task_result = UNSET
        elif isinstance(self.task_result, TaskOutcome):
            task_result = self.task_result.to_dict()
        else:
            task_result = self.task_result

        output: dict[str, Any] | None | Unset
        if isinstance(self.output, Unset):
            output = UNSET
        elif isinstance(self.output, TaskOutcome):
            output = self.output.to_dict()
        else:
            output = self.output

        msg: None | str | Unset
        if isinstance(self.msg, Unset):
            msg = UNSET
        else:
            msg = self.msg

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "task_status": task_status,
            }
        )
        if task_id is not UNSET:
            field_dict["task_id"] = task_id
        if videos is not UNSET:
            field_dict["videos"] = videos
        if video_urls is not UNSET:
            field_dict["video_urls"] = video_urls
        if video_url is not UNSET:
            field_dict["video_url"] = video_url
        if video is not UNSET:
            field_dict["video"] = video
        if task_result is not UNSET:
            field_dict["task_result"] = task_result
        if output is not UNSET:
            field_dict["output"] = output
        if msg is not UNSET:
            field_dict["msg"] = msg

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, (dict, Mapping)):  # a Mapping takes longer to tell
            raise TypeError("not an object")
        d = dict(src_dict)

        def _parse_task_status(data: object) -> KnownTaskStatus | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_task_status_type_0 = check_known_task_status(data)

                return componentsschemas_task_status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(KnownTaskStatus | str, data)

        task_status = _parse_task_status(d.pop("task_status"))

        def _parse_task_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        task_id = _parse_task_id(d.pop("task_id", UNSET))

        def _parse_videos(data: object) -> list[str | VideoObject] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                videos_type_0 = []
                _videos_type_0 = data
                for videos_type_0_item_data in _videos_type_0:

                    def _parse_videos_type_0_item(data: object) -> str | VideoObject:
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            componentsschemas_video_form_type_0 = VideoObject.from_dict(data)

                            return componentsschemas_video_form_type_0
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        return cast(str | VideoObject, data)

                    videos_type_0_item = _parse_videos_type_0_item(videos_type_0_item_data)

                    videos_type_0.append(videos_type_0_item)

                return videos_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str | VideoObject] | None | Unset, data)

        videos = _parse_videos(d.pop("videos", UNSET))

        def _parse_video_urls(data: object) -> list[str | VideoObject] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                video_urls_type_0 = []
                _video_urls_type_0 = data
                for video_urls_type_0_item_data in _video_urls_type_0:

                    def _parse_video_urls_type_0_item(data: object) -> str | VideoObject:
                        try:
                            if not isinstance(data, dict):
                                raise TypeError()
                            componentsschemas_video_form_type_0 = VideoObject.from_dict(data)

                            return componentsschemas_video_form_type_0
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        return cast(str | VideoObject, data)

                    video_urls_type_0_item = _parse_video_urls_type_0_item(
                        video_urls_type_0_item_data
                    )

                    video_urls_type_0.append(video_urls_type_0_item)

                return video_urls_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str | VideoObject] | None | Unset, data)

        video_urls = _parse_video_urls(d.pop("video_urls", UNSET))

        def _parse_video_url(data: object) -> None | str | Unset | VideoObject:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_video_form_type_0 = VideoObject.from_dict(data)

                return componentsschemas_video_form_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | str | Unset | VideoObject, data)

        video_url = _parse_video_url(d.pop("video_url", UNSET))

        def _parse_video(data: object) -> None | str | Unset | VideoObject:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_video_form_type_0 = VideoObject.from_dict(data)

                return componentsschemas_video_form_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | str | Unset | VideoObject, data)

        video = _parse_video(d.pop("video", UNSET))

        def _parse_task_result(data: object) -> None | TaskOutcome | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_maybe_outcome_type_0 = TaskOutcome.from_dict(data)

                return componentsschemas_maybe_outcome_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TaskOutcome | Unset, data)

        task_result = _parse_task_result(d.pop("task_result", UNSET))

        def _parse_output(data: object) -> None | TaskOutcome | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_maybe_outcome_type_0 = TaskOutcome.from_dict(data)

                return componentsschemas_maybe_outcome_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TaskOutcome | Unset, data)

        output = _parse_output(d.pop("output", UNSET))

        def _parse_msg(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        msg = _parse_msg(d.pop("msg", UNSET))

        task_report = cls(
            task_status=task_status,
            task_id=task_id,
            videos=videos,
            video_urls=video_urls,
            video_url=video_url,
            video=video,
            task_result=task_result,
            output=output,
            msg=msg,
        )

        task_report.additional_properties = d
        return task_report

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


from ..models.task_outcome import TaskOutcome  # noqa: E402
from ..models.video_object import VideoObject  # noqa: E402
