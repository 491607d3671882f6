"""What `weryai` runs. Before what takes a while is loaded, Ctrl-C ends it without a word; once it
has begun, with words."""

from __future__ import annotations


def main() -> int:
    """Run the command line. Returns its exit code."""
    import signal

    # Not where it is ignored, as in the background of a script.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from .cli import main as run

    return run()
