"""The command line on a clock with short pauses, for those that are killed.

Where CHAOS is set it says when signals do what they usually do again: from then on one ends it
without words.

python -m contract_tests.chaos.command ARGUMENTS...
"""

from __future__ import annotations

import os
import sys
from typing import Any
from unittest.mock import patch

from contract_tests.chaos.worker import HastyClock
from weryai import WeryAI
from weryai.cli import _main, _setup, main
from weryai.cli._process import signals

OVER = "all is told"


class Signals(signals.Signals):
    """Says that it ends."""

    def __exit__(self, *error: Any) -> None:
        if "CHAOS" in os.environ:
            print(OVER, file=sys.stderr, flush=True)
        super().__exit__(*error)


if __name__ == "__main__":
    _setup.make_clock = HastyClock
    _setup.make_client = lambda base_url, **options: WeryAI(
        base_url=base_url, clock=HastyClock(), **options
    )
    with patch.object(_main, "Signals", Signals):
        sys.exit(main())
