"""Run by `make wheel` where nothing but the wheel is installed: what its core needs and brings."""

from __future__ import annotations

import re
import sys
from importlib import metadata, resources

import weryai
import weryai_api

INSTALLED = "site-packages"
# httpx and attrs, and what they bring along.
ALLOWED = {"anyio", "attr", "attrs", "certifi", "h11", "httpcore", "httpx", "idna", "sniffio"}
ALLOWED |= {"typing_extensions", "weryai", "weryai_api"}


def main() -> None:
    requires = metadata.requires("weryai") or []
    core = {re.split(r"[^\w-]", line)[0] for line in requires if "extra ==" not in line}
    assert core == {"attrs", "httpx"}, core
    for name in weryai.__all__:  # loaded when it is first used
        assert getattr(weryai, name)
    weryai.WeryAI("sk-0123456789abcdef").close()
    loaded = {
        name.partition(".")[0]
        for name, module in sys.modules.items()
        if INSTALLED in (getattr(module, "__file__", None) or "") and name != "_distutils_hack"
    }
    assert {"weryai", "weryai_api"} <= loaded, "not what is installed"
    assert loaded <= ALLOWED, loaded - ALLOWED
    for package in (weryai, weryai_api):
        assert resources.files(package).joinpath("py.typed").is_file(), package
    assert resources.files(weryai_api).joinpath("openapi.json").is_file()
    assert weryai.__version__ == metadata.version("weryai")


if __name__ == "__main__":
    main()
