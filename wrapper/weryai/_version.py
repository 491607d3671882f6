"""The version of this package, beside the one in pyproject.toml: to ask for the installed one takes
longer than all the rest of a start."""

VERSION = "0.1.0"
