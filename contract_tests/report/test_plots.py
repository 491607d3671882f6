"""The plots: small, their texts are texts, told to those who do not see them, with the numbers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from contract_tests.report.document import SVG, Page, page_of, row, words
from weryai.report import ReportRow

AT = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
MOST = 10_000  # bytes


def ended(number: int, seconds: float, model: str = "KLING_O1", state: str = "done") -> ReportRow:
    """A row that was submitted so many minutes after the first."""
    at = AT + timedelta(minutes=number)
    end = at + timedelta(seconds=seconds)
    return row(model=model, state=state, submitted_at=at, ended_at=end)


def plots(page: Page) -> list[Element]:
    return list(page.root.iter(f"{SVG}svg"))


def texts(plot: Element) -> list[str]:
    return [words(each) for each in plot.iter(f"{SVG}text")]


@pytest.mark.parametrize("number", [1, 2, 3000])
def test_a_plot_is_small_whatever_is_in_it(tmp_path: Path, number: int) -> None:
    states = ("done", "done", "failed")
    rows = [
        ended(n, 30 + n % 100, f"MODEL_{n % 20}_" + "界" * 40, states[n % 3]) for n in range(number)
    ]
    page = page_of(rows, tmp_path)
    drawn = re.findall(r"<svg.*?</svg>", page.text, re.DOTALL)
    assert len(drawn) == 2
    assert [len(each.encode()) for each in drawn if len(each.encode()) > MOST] == []


def test_a_plot_has_a_title_a_description_and_a_table_beside_it(tmp_path: Path) -> None:
    page = page_of([ended(0, 60), ended(1, 120)], tmp_path)
    for plot, figure in zip(plots(page), page.all("figure"), strict=True):
        assert plot.attrib["role"] == "img"
        title, text = plot[0], plot[1]
        assert (title.tag, text.tag) == (f"{SVG}title", f"{SVG}desc")
        assert plot.attrib["aria-labelledby"].split() == [title.attrib["id"], text.attrib["id"]]
        assert words(page.all("h2", figure)[0]) == words(title)
        assert words(page.all("p", figure)[0]) == words(text)
        assert len(page.all("table", figure)) == 1


def test_no_name_is_given_twice_in_a_page(tmp_path: Path) -> None:
    page = page_of([ended(0, 60), ended(1, 120, "SORA_2", "failed")], tmp_path)
    names = [each.attrib["id"] for each in page.root.iter() if "id" in each.attrib]
    assert len(names) == len(set(names))
    used = re.findall(r'(?:href="|url\()#([^")]+)', page.text)
    assert set(used) <= set(names)


def test_rows_done_and_failed_are_counted_over_time(tmp_path: Path) -> None:
    rows = [ended(0, 60), ended(1, 60), ended(2, 60, state="failed"), ended(4, 360), row()]
    page = page_of(rows, tmp_path)
    plot, table = plots(page)[0], page.all("table")[0]
    header, *lines = page.cells(table)
    assert header == ["Until (UTC)", "Done", "Failed"]
    assert [line[0][11:] for line in lines] == [f"20:0{n}:00" for n in range(10)] + ["20:10:00"]
    assert [line[1] for line in lines] == ["0", "1", *["2"] * 8, "3"]
    assert [line[2] for line in lines] == [*["0"] * 3, *["1"] * 8]
    assert words(plot[1]).endswith("20:10:00 UTC: 3 rows done, 1 failed.")
    assert {"UTC", "rows", "done", "failed"} < set(texts(plot))


def test_the_time_that_a_row_takes_is_told_by_model(tmp_path: Path) -> None:
    rows = [ended(n, seconds) for n, seconds in enumerate((60, 80, 300))]
    rows += [ended(5, 200, "$ORA^2$"), ended(6, 1, "SORA_2", "failed"), row(submitted_at=AT)]
    page = page_of(rows, tmp_path)
    assert page.cells(page.all("table")[1]) == [
        ["Model", "Rows", "Shortest", "Median", "Longest"],
        ["KLING_O1", "3", "1 min 00 s", "1 min 20 s", "5 min 00 s"],
        ["$ORA^2$", "1", "3 min 20 s", "3 min 20 s", "3 min 20 s"],
    ]
    assert {"KLING_O1", "$ORA^2$", "minutes"} < set(texts(plots(page)[1]))


def test_of_many_models_the_most_used_are_drawn_and_all_are_in_the_table(tmp_path: Path) -> None:
    rows = [ended(n, 60, f"M{model}") for model in range(12) for n in range(model + 1)]
    page = page_of(rows, tmp_path)
    drawn = [text for text in texts(plots(page)[1]) if text.startswith("M")]
    assert drawn == [f"M{model}" for model in range(11, 3, -1)]
    assert len(page.cells(page.all("table")[1])) == 13
    assert "The 8 models with the most rows" in words(plots(page)[1][1])


def test_where_no_row_has_ended_there_is_no_plot(tmp_path: Path) -> None:
    page = page_of([row(state="running", submitted_at=AT)], tmp_path)
    assert (plots(page), page.all("table")) == ([], [])


def test_the_page_colours_what_is_black_in_a_plot(tmp_path: Path) -> None:
    """Else nobody sees it on a dark ground."""
    page = page_of([ended(0, 60)], tmp_path)
    for drawn in re.findall(r"<svg.*?</svg>", page.text, re.DOTALL):
        assert "currentColor" in drawn
        assert "#000" not in drawn
