"""Whether a refusal of a paid submission is a clean one: it says no, and nothing else.

What is known to be harmless is listed, and whatever is not makes the fate unknown: it costs a look
at the history, and a refusal that hid an id would cost the price of a video, paid twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from attrs import evolve

from .._service.envelope import Reply

# What may stand in a refusal, by its name in small letters alone: why it was refused, a code, marks
# of the request and of the moment, figures of a limit.
CODE = re.compile(r"status(code)?|(error|err)?code|errno|httpstatus")
WHY = re.compile(
    r"desc(ription)?|message|msg|errors?|error(message|msg|description)|reason|details?|title|type"
    r"|statustext|path|instance|method|field|loc|param|version|server|host"
)
NESTING = re.compile(r"errors?|details?|loc|messages?")
# What of a request is wrong, and where: a validator repeats it.
GIVEN = re.compile(r"input|given|value|(rejected|invalid)value|loc")
MARK = re.compile(r"x?(request|req|trace|span|log|correlation)id|time(stamp)?|ts|now|date(time)?")
FIGURE = re.compile(r"retryafter|limit|remaining|reset|quota|used|current|max|min")
SUCCESS = re.compile(r"success|ok")
DEEPEST = 4

# Bytes. A refusal has a few hundred, a page of a gateway a few thousand: what is longer is neither.
LONGEST = 8 * 1024
LONGEST_PAGE = 256 * 1024

# Characters. What is shorter in a request may be a part of any word.
SHORTEST_ECHO = 8

# Taken out of a text before it is looked at, beside what was sent: ids of the request and of who
# sent it, the address of an image, a moment, a size, a list of options, how many were before.
OF_THE_REQUEST = re.compile(
    r"\b(?:request|req|trace|log|span|correlation|user|account|caller|api|app)[\s_-]?id\b"
    r"\W{0,4}[\w-]+"
    r"|https?://[^\s\"'?]+\.(?:jpe?g|png|webp)\b\S*"
    r"|(?<![\w-])\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?"
    r"(?:Z|[+-]\d\d:?\d\d)?)?(?![\w-])"
    r"|(?<![\w-])\d{1,15}\s?bytes\b"
    r"|\[(?:\s?([\"'])\d{1,4}(?:[:x]\d{1,4}|[a-z])?\1,?){1,20}\]"
    r"|已(?:提交|创建)\s?\d{2,6}\s?个",
    re.I,
)
NO_SUCCESS = re.compile(
    r"\b(?:can|could|was|were|is|did|has|have)\s?n[o']t\s(?:been\s|be\s)?(?:[a-z]{1,20}\s)?"
    r"success(?:ful|fully)?\b"
    r"|(?:未能|未|没有|不)(?:创建|提交|处理|生成)?成功",
    re.I,
)
# An id follows a word or speaks for itself. A count does neither: "20 concurrent tasks".
NAMES_A_TASK = re.compile(
    r"(?:task|batch|job)[\s_-]{0,3}(?:id|uuid)s?(?:[\s_-]?(?:list|array))?(?![a-z])"
    r"|任务\s{0,3}(?:id|编号|号)"
    r"|(?:task|batch|job)[_-]?(?=[\w-]{0,40}\d)[\w-]"
    r"|\b(?:task|batch|job)s?[\s:#=(\[\"']{1,8}(?=[\w-]{0,40}\d)(?:\d{0,40}[a-z_]|[a-z_-]|\d{4})"
    r"|任务[\s:\uff1a#(\uff08\[【]{0,4}(?=[a-z_-]{0,40}\d)(?:\d{0,40}[a-z_-]|\d{4})"
    r"|/(?:generation|task|batch|job)s?/(?=[\w-]{0,40}\d)",
    re.I,
)
NAMES_AN_ID = re.compile(
    r"\bids?\s{0,3}[:=#]|\bids?[\s(\[\"']{1,3}[\w-]{0,40}\d"
    r"|[\"']\s{0,3}:|[\[{]\s{0,3}[\"']",  # JSON inside the text
    re.I,
)
SPEAKS_OF_A_START = re.compile(
    r"(?<!no )\b(?:task|job|batch|request|submission|generation|video)\s{1,3}"
    r"(?:(?:is|was|has been|already)\s{1,3}){0,3}(?:accepted|submitted|created|queued|started)\b"
    r"|\b(?:your|this|first|previous|earlier|original)"
    r"(?:\s(?:one|task|job|request|submission|generation|video))?\sis"
    r"\s(?:(?:still|already|now|being|in)\s){0,3}(?:processed|generated|progress|processing|running)\b"
    r"|\b(?:queued|accepted|submitted|created|started)\s(?:as|under)\b"
    r"|(?<!no )\bcredits?\s(?:(?:have|has|been|were|was)\s){0,2}(?:charged|deducted)\b"
    # "duplicate field" is a fault of a request; a duplicate request is one that came before.
    r"|\bduplicated?\s(?:task|job|request|submission|generation)\b"
    r"|\b(?:task|job|request|submission|generation)\s(?:is\s|was\s)?(?:a\s)?duplicated?\b"
    r"|重复(?:提交|请求|创建)"
    r"|已(?:经|被){0,2}(?:提交|创建|受理|接受|接收|扣除|扣费)|已(?:进入|加入)队列|(?:创建|提交)完[成毕]",
    re.I,
)
SPEAKS_OF_A_SUCCESS = re.compile(
    r"\bsuccess(?:ful|fully)?\b|\bsucceed(?:s|ed)?\b|成功"
    r"|^\W*(?:ok|done|accepted|submitted|created|queued|started|waiting|pending|processing|running)"
    r"\W*$",
    re.I,
)


# Names of headers that point to what was started.
POINTER = re.compile(r"location|.*(?:task|batch|job|generation)[_-]?(?:uu)?id.*", re.I)


def is_clean(reply: Reply, sent: Mapping[str, Any]) -> bool:
    """Whether an answer that is no success speaks neither of an id nor of a success.

    Parameters:
        sent: the payload that was refused. What repeats it says nothing new.
    """
    if any(map(POINTER.fullmatch, reply.headers)):
        return False
    if not reply.fault:
        body = _without(reply.body, sent)
        return len(reply.raw) <= LONGEST and _is_harmless(body, evolve(reply, body=body))
    return len(reply.raw) <= LONGEST_PAGE and _is_page(reply.raw.decode(errors="replace").strip())


def own_code(reply: Reply) -> int | None:
    """The code of the service; None where there is none, -1 where it cannot be read.

    A status that repeats the one of HTTP is none of its own. An object behind HTTP 429 that has
    none says 429.
    """
    given, code = reply.told.get("status"), reply.code
    if code is None and given is not None and not (isinstance(given, str) and given.isalpha()):
        return -1
    if code is not None and not (code == reply.status_code != 200):
        return code
    return 429 if reply.status_code == 429 and isinstance(reply.body, dict) else None


def _without(value: Any, sent: Mapping[str, Any]) -> Any:
    """A body without what was sent."""
    asked = [sent, *sent.values(), *_scalars(sent)]
    echoes = sorted({str(scalar) for scalar in _scalars(sent)}, key=len, reverse=True)
    known = [re.escape(echo) for echo in echoes if len(echo) >= SHORTEST_ECHO]
    echo = re.compile(r"(?<![\w-])(?:" + "|".join(known or [r"(?!)"]) + r")(?![\w-])")

    def cleaned(value: Any, name: str = "", depth: int = 0) -> Any:
        given = GIVEN.fullmatch(re.sub(r"[^a-z]", "", name.lower())) is not None
        if depth > DEEPEST + 1:
            return value  # too deep to be harmless
        small = type(value) is int and 0 <= value < 100  # a place in a list, or a figure
        if given and (small or value in asked):
            return None
        if isinstance(value, dict):
            return {key: cleaned(each, key, depth + 1) for key, each in value.items()}
        if isinstance(value, list):
            return [cleaned(each, name, depth + 1) for each in value]
        return echo.sub(" ", value) if isinstance(value, str) else value

    return cleaned(value)


def _scalars(value: Any) -> Iterator[Any]:
    """The texts and numbers of what was sent."""
    if isinstance(value, (Mapping, list)):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _scalars(each)
    else:
        yield value


def _is_harmless(value: Any, reply: Reply, depth: int = 0) -> bool:
    if depth > DEEPEST:
        return False
    if isinstance(value, dict):
        return all(_is_known(name, each, reply, depth) for name, each in value.items())
    if isinstance(value, list):
        return all(_is_harmless(each, reply, depth + 1) for each in value)
    return value is None or (isinstance(value, str) and _is_plain(value))


def _is_known(name: str, value: Any, reply: Reply, depth: int) -> bool:
    name = re.sub(r"[^a-z]", "", name.lower())
    if value is None or value in ("", [], {}):
        return True  # of whatever it may be, it says nothing
    if SUCCESS.fullmatch(name):
        return value is False
    if isinstance(value, (dict, list)):
        return bool(NESTING.fullmatch(name)) and _is_harmless(value, reply, depth + 1)
    if isinstance(value, str):
        if MARK.fullmatch(name):
            return not re.search(r"task|batch|job", value, re.I)
        return bool(WHY.fullmatch(name) or CODE.fullmatch(name)) and _is_plain(value)
    if isinstance(value, bool):
        return False
    if CODE.fullmatch(name):
        return bool(value == reply.told.get("status") or value == reply.status_code != 200)
    return bool(MARK.fullmatch(name) or FIGURE.fullmatch(name)) and isfinite(value)


def _is_plain(text: str) -> bool:
    """Whether a text says no more than why."""
    text = NO_SUCCESS.sub(" ", OF_THE_REQUEST.sub(" ", text))
    told = (NAMES_A_TASK, NAMES_AN_ID, SPEAKS_OF_A_START, SPEAKS_OF_A_SUCCESS)
    return not any(each.search(text) for each in told) and not any(
        map(_is_id, re.findall(r"[\w-]+", text))
    )


def _is_id(word: str) -> bool:
    """Whether a word is an id by its looks: a long number, or a long mixture. `1080p`,
    `WERYDANCE_2_0` and `multi-image-to-video` are none."""
    digits = sum(map(str.isdigit, word))
    return digits >= 9 or (len(word) >= 16 and digits >= 4)


def _is_page(text: str) -> bool:
    """Whether it is nothing, or words or HTML of a gateway. What begins as JSON is an answer of
    the service that cannot be read."""
    if text.startswith(("{", "[", '"', "\ufeff")) or "\0" in text:
        return False
    if "<" not in text and SPEAKS_OF_A_SUCCESS.search(NO_SUCCESS.sub(" ", text)):
        return False
    return not (NAMES_A_TASK.search(text) or SPEAKS_OF_A_START.search(text))
