# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.boolean_text import BooleanText, check_boolean_text
from ..models.video_number import VideoNumber, check_video_number
from ..types import UNSET, Unset

T = TypeVar("T", bound="ImageToVideoRequest")


@_attrs_define
class ImageToVideoRequest:
    """What could be read of the page ends before `duration`; the rest is as on the twin page (D-mi, I).

    Attributes:
        model (str): Model Key. Supported models for image-to-video: WeryAI Video 1.0
            `WERYAI_VIDEO_1_0`, Veo 3.1 `VEO_3_1`, Veo 3.1 Fast `CHATBOT_VEO_3_1_FAST`, Sora 2 `SORA_2`, Sora 2 Pro
            `SORA_2_PRO`, Werydance 2.0 `WERYDANCE_2_0`, Werydance 2.0 Fast `WERYDANCE_2_0_FAST`, Seedance 1.5 Pro
            `DOUBAO_1_5_PRO`, Kling 3.0 Standard `KLING_V3_0_STA`, Kling 3.0 Pro `KLING_V3_0_PRO`, Kling 2.6 Pro
            `KLING_V2_6_PRO`, Kling O1 `KLING_O1`, Vidu Q3 `VIDU_Q3`, Wan 2.6 `WAN_2_6`, Veo 3 `VEO_3`, Veo 3 Fast
            `VEO_3_FAST`, Pika 2.2 `PIKA_2_2`, Pixverse V6 `PIXVERSE_V6`, Hailuo 2.3 Standard Fast
            `HAILUO_2_3_STA_FAST`, Hailuo 2.3 Pro Fast `HAILUO_2_3_PRO_FAST`, Hailuo 2.3 Standard `HAILUO_2_3_STA`.
            An open set: keys come and go with platform upgrades (V-snap, U-py).
        prompt (str): Positive text prompt
        image (str): A public address. data: addresses and local paths are refused by the gateway (V, I); plain http may
            be blocked
            (V-cli0).
        aspect_ratio (str): Video aspect ratio
        duration (int): Video duration (seconds). Each model has its own list, see the registry (V-reg). The minimum of
            1 is not
            on the page (I).
        negative_prompt (str | Unset): Negative text prompt
        video_number (VideoNumber | Unset): Number of videos to generate (1~4).
        resolution (str | Unset): Video resolution. Supported values: 480p, 720p. For Werydance 2.0 model, 1080p is also
            supported.
            Werydance 2.0 Fast does not support 1080p. An open set: the registry lists 4k for Veo 3.1 (V-snap).
        generate_audio (bool | BooleanText | Unset): Whether to generate audio. Enter true or false manually. The page's
            schema says string, its example and
            the vendor's client send a JSON boolean (V-reg); send the boolean.
        webhook_url (str | Unset): Callback URL
        caller_id (int | Unset): Caller ID
    """

    model: str
    prompt: str
    image: str
    aspect_ratio: str
    duration: int
    negative_prompt: str | Unset = UNSET
    video_number: VideoNumber | Unset = UNSET
    resolution: str | Unset = UNSET
    generate_audio: bool | BooleanText | Unset = UNSET
    webhook_url: str | Unset = UNSET
    caller_id: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        model = self.model

        prompt = self.prompt

        image = self.image

        aspect_ratio = self.aspect_ratio

        duration = self.duration

        negative_prompt = self.negative_prompt

        video_number: int | Unset = UNSET
        if not isinstance(self.video_number, Unset):
            video_number = self.video_number

        resolution = self.resolution

        generate_audio: bool | str | Unset
        if isinstance(self.generate_audio, Unset):
            generate_audio = UNSET
        elif isinstance(self.generate_audio, str):
            generate_audio = self.generate_audio
        else:
            generate_audio = self.generate_audio

        webhook_url = self.webhook_url

        caller_id = self.caller_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "model": model,
                "prompt": prompt,
                "image": image,
                "aspect_ratio": aspect_ratio,
                "duration": duration,
            }
        )
        if negative_prompt is not UNSET:
            field_dict["negative_prompt"] = negative_prompt
        if video_number is not UNSET:
            field_dict["video_number"] = video_number
        if resolution is not UNSET:
            field_dict["resolution"] = resolution
        if generate_audio is not UNSET:
            field_dict["generate_audio"] = generate_audio
        if webhook_url is not UNSET:
            field_dict["webhook_url"] = webhook_url
        if caller_id is not UNSET:
            field_dict["caller_id"] = caller_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        if not isinstance(src_dict, (dict, Mapping)):  # a Mapping takes longer to tell
            raise TypeError("not an object")
        d = dict(src_dict)
        model = d.pop("model")

        prompt = d.pop("prompt")

        image = d.pop("image")

        aspect_ratio = d.pop("aspect_ratio")

        duration = d.pop("duration")

        negative_prompt = d.pop("negative_prompt", UNSET)

        _video_number = d.pop("video_number", UNSET)
        video_number: VideoNumber | Unset
        if isinstance(_video_number, Unset):
            video_number = UNSET
        else:
            video_number = check_video_number(_video_number)

        resolution = d.pop("resolution", UNSET)

        def _parse_generate_audio(data: object) -> bool | BooleanText | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                generate_audio_type_1 = check_boolean_text(data)

                return generate_audio_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(bool | BooleanText | Unset, data)

        generate_audio = _parse_generate_audio(d.pop("generate_audio", UNSET))

        webhook_url = d.pop("webhook_url", UNSET)

        caller_id = d.pop("caller_id", UNSET)

        image_to_video_request = cls(
            model=model,
            prompt=prompt,
            image=image,
            aspect_ratio=aspect_ratio,
            duration=duration,
            negative_prompt=negative_prompt,
            video_number=video_number,
            resolution=resolution,
            generate_audio=generate_audio,
            webhook_url=webhook_url,
            caller_id=caller_id,
        )

        image_to_video_request.additional_properties = d
        return image_to_video_request

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
