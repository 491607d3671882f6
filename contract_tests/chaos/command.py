"""The command line on a clock with short pauses, for those that are killed.

python -m contract_tests.chaos.command ARGUMENTS...
"""

from __future__ import annotations

import sys

from contract_tests.chaos.clock import HastyClock
from weryai import WeryAI
from weryai.cli import _setup, main

if __name__ == "__main__":
    _setup.make_clock = HastyClock
    _setup.make_client = lambda base_url, **options: WeryAI(
        base_url=base_url, clock=HastyClock(), **options
    )
    sys.exit(main())
