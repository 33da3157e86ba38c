"""The tested clients, and the table of what they cannot do: it is current, and the documentation contains it."""

import importlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .available import NAMES, SURFACES
from .cannot import CANNOT, as_table

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "clients.md"


def cases() -> Iterator[str]:
    """Yield the names of all cases and of their variants."""
    for path in HERE.glob("test_*.py"):
        for function in vars(importlib.import_module(f".{path.stem}", __package__)).values():
            marks: list[Any] = list(getattr(function, "pytestmark", []))
            for name in [mark.args[0] for mark in marks if mark.name == "case"]:
                yield name
                for mark in marks:
                    if mark.name == "parametrize" and mark.args[0] == "variant":
                        yield from (f"{name}: {variant}" for variant in mark.args[1])


def test_every_client_is_tested() -> None:
    """If a library is installed, its clients are among the surfaces; in the main environment these are six."""
    found = [surface.name for surface in SURFACES]
    assert found == [name for name in NAMES if find_spec(name.split()[0]) is not None]
    if find_spec("niquests") is None:
        assert found == ["requests", "httpx", "httpx async", "httpx2", "httpx2 async", "aiohttp"]
    else:
        assert {"niquests", "niquests async"} <= set(found)


def test_every_test_of_a_client_is_a_case() -> None:
    """Only then can the table name it."""
    for path in HERE.glob("test_*.py"):
        for name, function in vars(importlib.import_module(f".{path.stem}", __package__)).items():
            code = getattr(function, "__code__", None)
            if name.startswith("test_") and code is not None and "surface" in code.co_varnames[: code.co_argcount]:
                assert [mark.name for mark in function.pytestmark].count("case") == 1, name


def test_the_table_speaks_of_clients_and_cases_that_exist() -> None:
    known = set(cases())
    assert [key for key in CANNOT if key[0] not in NAMES or key[1] not in known] == []


def test_the_table_is_in_the_documentation() -> None:
    """Row for row. To update the page, paste the result of `as_table`."""
    assert as_table(NAMES) in PAGE.read_text("utf-8"), as_table(NAMES)


def test_the_documentation_names_every_client() -> None:
    text = PAGE.read_text("utf-8")
    assert [name for name in NAMES if f"`oauthone.clients.{name.split()[0]}`" not in text] == []
