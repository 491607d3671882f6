"""The command line: `weryai`, or `python -m weryai.cli`. It needs the extra `cli`.

The videos' paths, tables and `--json` documents go to stdout, everything else to stderr. The key
comes from WERYAI_API_KEY alone: an option would land in shell histories and process lists.

    exit code  meaning                                                errors
    0          done
    1          something else: a bug, a full disk, the journal;
               stdout could not be written by a command that only
               tells something
    2          refused here, nothing was charged                      UsageError, ConfigError,
                                                                      InvalidRequestError
    3          the service said no, or gave no answer                 ResponseError, DownloadError,
                                                                      TransportError
    4          a task failed; `generate` fetches the other videos     TaskFailedError
    5          it still runs; wait for it again                       WaitTimeoutError,
                                                                      StillRunningError
    6          it may have been paid, and that is not known           SubmissionUnknownError
    129        SIGHUP: the terminal is gone                           HungUp
    130        Ctrl-C                                                 KeyboardInterrupt
    143        SIGTERM                                                Terminated

A stream that cannot be written is dropped, and a command that pays, waits or fetches goes on: its
exit code tells what became of that.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ._process import streams
from ._process.signals import Signals


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; whatever goes wrong is told on the way.

    Parameters:
        argv: the arguments without the program's name. Where they are left out, those of the
            process: it ends with the command then, and SIGINT, SIGTERM and SIGHUP are ignored
            from the end of the command on, so that its exit code stands.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    with streams.guarded(), Signals(last=argv is None) as signals:
        # Loaded once signals are exceptions: whoever stops it while it starts sees no traceback.
        try:
            from ._start import start

            return start(arguments, signals)
        except KeyboardInterrupt as error:
            signals.hold()
            from ._start import stopped

            return stopped(arguments, error)
