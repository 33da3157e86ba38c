"""`python -m interop.walk LIBRARY FILE`: one library walks over what it finds as requests_oauthlib."""

from __future__ import annotations

import json
import logging
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import libraries
from .provider import LibraryProvider


def attempt(call: Callable[[], Any]) -> str:
    """Return the error that a call raises; a walk yields it as a result."""
    try:
        return f"no error, but {call()!r}"
    except Exception as error:  # whatever the library raises is compared
        return f"{type(error).__name__}: {error}"


def main(name: str, file: str) -> None:
    """Walk, and write down what the library returned and what its provider received."""
    warnings.simplefilter("ignore")
    logging.disable()
    library = libraries.load(name)
    provider = LibraryProvider(library.ROUTES, getattr(library, "READS", None))
    returned, failure = [], ""
    with provider.reachable():
        try:
            returned = [[what, value] for what, value in library.walk(provider)]
        except BaseException:
            failure = traceback.format_exc()
    found = sys.modules.get("requests_oauthlib")
    told = {
        "fresh": getattr(library, "FRESH", ""),
        "over": "" if found is None else "ours" if hasattr(found, "__oauthone__") else "theirs",
        "failure": failure,
        "returned": returned,
        "recorded": [one._asdict() for one in provider.recorded],
        "secrets": provider.secrets,
        "tokens": provider.token_secrets,
        "clients": {one.client_id: [one.client_secret, one.rsa_key] for one in provider.clients.values()},
    }
    Path(file).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
