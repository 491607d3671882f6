"""The page of a simulator: plain HTML with forms, which needs no script and no network."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from .._rules import REASONS
from .._wire.refusals import WORDS

POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; }
form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: .75rem 0; }
label { display: grid; grid-template-columns: minmax(0, auto); font-size: .85rem; max-width: 100%; }
input { width: 5rem; }
input, select, button { font: inherit; padding: .25rem .5rem; max-width: 100%; }
div.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: 600; padding: 1rem 0 .25rem; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8886;
  vertical-align: top; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .5rem; }
dt { font-size: .85rem; } dd { margin: 0; font-size: 1.25rem; }
"""
FACTS = {
    "credits": "Credits left",
    "running": "Tasks running",
    "most_running": "Most at once",
    "accepted": "Submissions paid",
    "received": "Requests",
    "smallest_gap": "Smallest gap, s",
}


def page(told: Mapping[str, Any], operations: Sequence[str], live: bool) -> str:
    """The page for what a simulator tells of itself; `operations` are where a fault may happen."""
    refresh = '<meta http-equiv="refresh" content="2">' if live else ""
    place, words = ("/simulator", "Hold") if live else ("/simulator?live", "Keep looking")
    facts = "".join(
        f"<div><dt>{label}</dt><dd>{_value(told[name])}</dd></div>" for name, label in FACTS.items()
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">{refresh}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A simulated WeryAI</title><style>{STYLE}</style></head><body>
<h1>A simulated WeryAI</h1>
<p>{_clock(told["now"])} · <a href="{place}">{words}</a> ·
<a href="/simulator/state">All of it as JSON</a></p>
<dl>{facts}</dl>
<h2>What goes wrong next</h2>
{"".join(_forms(operations))}
<p>{_planned(told)}</p>
{_table("Tasks", ("id", "state", "seconds left", "videos"), map(_task, told["tasks"]))}
{_table("Ledger", ("at", "operation", "batch", "credits"), map(_line, told["ledger"]))}
{_table("Requests", ("at", "request", "answer"), map(_request, told["requests"]))}
</body></html>
"""


def _forms(operations: Sequence[str]) -> Iterator[str]:
    where = _select("operation", "Call", {name: name for name in operations})
    times = '<label>Times<input name="times" type="number" value="1" min="1" max="1000"></label>'
    codes = {str(code): f"{code} {words}" for code, words in WORDS.items()}
    answers = {each: f"HTTP {each}" for each in ("503", "429", "500", "502", "504")}
    lost = {"paid": "and it is paid", "not paid": "and it is not paid"}
    fails = {reason: reason for reason in REASONS}
    turns = {"60": "1 min", "10": "10 s", "600": "10 min", "86400": "a day"}
    yield _form("faults", _select("refuse", "Refuse with", codes) + where + times, "Refuse")
    yield _form("faults", _select("lose", "No answer", lost) + where + times, "Lose")
    yield _form("faults", _select("answer", "Answer", answers) + where + times, "Answer")
    yield _form("faults", _select("fail", "The next task fails", fails) + times, "Fail")
    yield _form("clock", _select("seconds", "The clock", turns), "Turn ahead")


def _form(action: str, inside: str, button: str) -> str:
    return (
        f'<form method="post" action="/simulator/{action}">{inside}<button>{button}</button></form>'
    )


def _select(name: str, label: str, choices: Mapping[str, str]) -> str:
    options = "".join(
        f'<option value="{escape(value)}">{escape(text)}</option>'
        for value, text in choices.items()
    )
    return f'<label>{label}<select name="{name}">{options}</select></label>'


def _planned(told: Mapping[str, Any]) -> str:
    plans = [f"{name}: {number}" for name, number in told["planned"].items()]
    plans += [f"ends of tasks: {told['outcomes']}"] * bool(told["outcomes"])
    return escape("Planned: " + (", ".join(plans) or "nothing"))


def _table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="wide"><table><caption>{caption}, the newest first</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _task(task: Mapping[str, Any]) -> Sequence[str]:
    links = [f'<a href="{escape(url)}">{n}</a>' for n, url in enumerate(task["videos"], 1)]
    return escape(task["id"]), escape(task["state"]), _value(task["seconds_left"]), " ".join(links)


def _line(line: Mapping[str, Any]) -> Sequence[str]:
    cells = line["operation"], line["batch_id"], line["credits"]
    return (_clock(line["at"]), *map(_value, cells))


def _request(request: Mapping[str, Any]) -> Sequence[str]:
    http = "no answer" if request["http"] is None else f"HTTP {request['http']}"
    said = f", {request['code']} {request['message']}" if request["code"] else ""
    asked = f"{request['method']} {request['path']}"
    return _clock(request["at"]), escape(asked), escape(http + said)


def _clock(seconds: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(seconds))


def _value(value: object) -> str:
    if value is None:
        return "none"
    return escape(f"{round(value, 2):.12g}" if isinstance(value, float) else str(value))
