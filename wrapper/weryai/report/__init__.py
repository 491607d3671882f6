"""One HTML page of what was asked for and what became of it, to look at in any browser.

It needs the extra `report`. The page stands by itself: a folder with `index.html`, small copies of
the local images beside it, and links to the videos where they are on disk. It loads nothing from
the network.

    from weryai.report import ReportRow, write

    page = write([ReportRow(id="shot-17", state="done", ...)], "report", title="Last night")

`weryai jobs report` makes one of the journal.
"""

from __future__ import annotations

from ._page import write
from ._rows import ReportRow

__all__ = ["ReportRow", "write"]
