"""The rooms: which module may import which, and what a bare ``import oauthone`` loads.

The rules are those of CONTRIBUTING.md. The tests read every module's syntax tree. So an import inside a function counts
like one at the top, and so does an import through importlib with a literal name.
"""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

SRC = Path(__file__).parents[1] / "src"

# A room imports from itself and from every lower layer, never from a room of its own layer. "" is oauthone/__init__.py.
FLOORS = [
    {"errors"},
    {"core"},
    {""},
    {"providers"},
    {"diagnosis"},
    {"clients", "server"},
    {"compat", "login", "testing"},
    {"inspector"},
    {"demo", "cli"},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

# These rooms need the standard library alone.
BARE_ROOMS = {"errors", "core", "", "diagnosis", "providers"}
THIRD_PARTY_OF_BARE_ROOMS = {"oauthone.core.rsa": {"cryptography"}, "oauthone.core.rsa_loading": {"cryptography"}}

# A room that imports from no more rooms than these, though others stand below it.
ROOMS_BELOW = {"diagnosis": {"errors", "core", "providers"}, "providers": {"errors", "core"}}

# A module in clients/ may load the library that it is named after. A shared module, which starts with "_", loads none,
# except for the parts of the aiohttp client.
CLIENT_LIBRARIES = {"requests", "niquests", "httpx", "httpx2", "aiohttp"}


class Import(NamedTuple):
    """One import of ``target``; ``typing_only`` if it is below ``if TYPE_CHECKING:``."""

    target: str
    line: int
    typing_only: bool


def imports(source: str, module: str, is_package: bool = False) -> Iterator[Import]:
    """Yield every import in ``source``, with absolute names: ``from a import b`` as ``a.b``."""
    tree = ast.parse(source)
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        for target in _targets(node, module if is_package else module.rpartition(".")[0]):
            yield Import(target, getattr(node, "lineno", 0), id(node) in typing_only)


def _targets(node: ast.AST, package: str) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=name, names=names, level=level):
            parents = package.split(".")
            prefix = parents[: len(parents) - level + 1] if level else []
            return [".".join([*prefix, *([name] if name else []), alias.name]) for alias in names]
        case ast.Call(
            func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(value=str(name)), *_],
        ) if not name.startswith("."):
            return [name]
    return []


def room(module: str) -> str:
    """Return the room of a module: ``core`` for ``oauthone.core.signing``, ``""`` for a name in ``oauthone`` itself."""
    second = module.split(".")[1:2]
    if second == ["__main__"]:  # `python -m oauthone` is the command
        return "cli"
    return second[0] if second and second[0] in FLOOR else ""


def wrong_imports(source: str, module: str, is_package: bool = False) -> list[str]:
    return [
        f"{module}:{line} imports {target}: {complaint}"
        for target, line, typing_only in imports(source, module, is_package)
        if (complaint := _complaint(module, target, typing_only))
    ]


def _complaint(module: str, target: str, typing_only: bool) -> str | None:
    here, library = room(module), target.split(".")[0]
    if library == "oauthone":
        return _complaint_inside(module, target)
    if library in sys.stdlib_module_names:
        return None
    if here in BARE_ROOMS and library not in THIRD_PARTY_OF_BARE_ROOMS.get(module, ()):
        return "this room needs the standard library alone"
    if here == "clients" and not typing_only and library in CLIENT_LIBRARIES - {_client(module), _part_of(module)}:
        return "a client loads no other client's library"
    return None


def _complaint_inside(module: str, target: str) -> str | None:
    here, there = room(module), room(target)
    if here != there and FLOOR[here] <= FLOOR[there]:
        return f"{here or 'oauthone'} is not above {there or 'oauthone'}"
    if here != there and there not in ROOMS_BELOW.get(here, FLOOR):
        return f"{here} imports {' and '.join(sorted(ROOMS_BELOW[here]))} alone"
    if here == there == "clients" and not (_client(target).startswith("_") or _client(target) == _client(module)):
        return "clients share only the modules that start with an underscore"
    return None


def _client(module: str) -> str:
    return [*module.split("."), "", ""][2]


def _part_of(module: str) -> str:
    """Return the library of a client with several modules. Modules that two libraries share load neither."""
    library = _client(module).removeprefix("_").partition("_")[0]
    return library if library in ("aiohttp", "niquests") else ""


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(SRC.rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@pytest.mark.parametrize(("module", "path"), modules().items(), ids=modules().keys())
def test_imports_flow_one_way(module: str, path: Path) -> None:
    """Every module imports from lower layers, and from its own room by that room's rules."""
    assert wrong_imports(path.read_text("utf-8"), module, path.name == "__init__.py") == []


def test_every_module_has_a_room() -> None:
    """A module outside the rooms has no layer. Add it to the list above, or move it into a room."""
    assert [module for module in modules() if module != "oauthone" and room(module) == ""] == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("oauthone.errors", "from oauthone.core import signing"),
        ("oauthone.core.signing", "import oauthone.clients.requests"),
        ("oauthone.core.signing", "from ..server import Verifier"),
        ("oauthone.core.signing", "from oauthone import Signer"),
        ("oauthone.core.signing", "import cryptography.hazmat"),
        ("oauthone.core.signing", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import cryptography"),
        ("oauthone.core.rsa", "import requests"),
        ("oauthone.core.flow", "def run():\n    import httpx"),
        ("oauthone.core.flow", "import importlib\nimportlib.import_module('httpx')"),
        ("oauthone", "from oauthone.clients.requests import OAuth1Session"),
        ("oauthone", "import requests"),
        ("oauthone.diagnosis.mistake_search", "from oauthone import Signer"),
        ("oauthone.diagnosis.mistake_search", "from oauthone.server import Verifier"),
        ("oauthone.diagnosis.mistake_search", "import cryptography"),
        ("oauthone.providers._catalogue", "from oauthone import Signer"),
        ("oauthone.providers._catalogue", "from oauthone.diagnosis import mistakes"),
        ("oauthone.providers._catalogue", "import yaml"),
        ("oauthone.clients.requests", "from oauthone.server import Verifier"),
        ("oauthone.clients.requests", "from .niquests import OAuth1Session"),
        ("oauthone.clients.requests", "from . import niquests"),
        ("oauthone.clients.requests", "import niquests"),
        ("oauthone.clients._redirects", "import requests"),
        ("oauthone.clients._redirects", "from .requests import OAuth1Auth"),
        ("oauthone.server._verifier", "from oauthone.clients import requests"),
        ("oauthone.server._verifier", "from oauthone.testing import ProviderBox"),
        ("oauthone.testing.box", "from oauthone.login import flask"),
        ("oauthone.testing.box", "import oauthone.demo"),
        ("oauthone.demo", "from oauthone.cli import main"),
    ],
)
def test_a_wrong_import_is_found(module: str, source: str) -> None:
    """A planted import of a higher layer, of the same layer or of a third party is reported, once."""
    assert len(wrong_imports(source, module)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("oauthone.core.signing", "import hmac\nfrom . import encoding\nfrom .encoding import quote\nimport os.path"),
        ("oauthone.core.signing", "from oauthone.errors import SigningError\nfrom ..errors import SigningError"),
        ("oauthone.core.rsa", "def load():\n    from cryptography.hazmat.primitives import serialization"),
        (
            "oauthone.clients.requests",
            "import requests, urllib3\nfrom ._redirects import same_origin\nfrom . import _legs",
        ),
        ("oauthone.clients.requests", "from oauthone import Signer\nfrom oauthone.core.signing import Signer"),
        ("oauthone.clients._httpx", "import typing\nif typing.TYPE_CHECKING:\n    import httpx"),
        (
            "oauthone.diagnosis.mistake_search",
            "from oauthone.core.body import body_digest\nfrom oauthone.errors import SigningError",
        ),
        ("oauthone.providers._origins", "import tomllib\nfrom oauthone.core.urls import origin"),
        ("oauthone.clients._flow", "from oauthone.providers import Provider"),
        ("oauthone.server._refusals", "from oauthone.diagnosis.mistake_search import diagnose_signature"),
        ("oauthone.testing.box", "import hypercorn\nfrom oauthone.server import Provider"),
        (
            "oauthone.demo",
            "from oauthone.testing import ProviderBox\nfrom oauthone.clients.requests import OAuth1Session",
        ),
    ],
)
def test_a_right_import_is_let_through(module: str, source: str) -> None:
    assert wrong_imports(source, module) == []


def test_a_package_counts_relative_imports_from_itself() -> None:
    """In ``core/__init__.py`` one dot is ``core``; in ``core/signing.py`` too."""
    assert [found.target for found in imports("from .signing import Signer", "oauthone.core", is_package=True)] == [
        "oauthone.core.signing.Signer"
    ]
    assert [found.target for found in imports("from .encoding import quote", "oauthone.core.signing")] == [
        "oauthone.core.encoding.quote"
    ]


def loaded_by(statement: str) -> set[str]:
    """Return the modules that ``statement`` loads in a new interpreter without coverage."""
    program = f"import sys; before = set(sys.modules)\n{statement}\nprint(*sorted(set(sys.modules) - before))"
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "COVERAGE_"))}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True, timeout=50
    )
    return set(done.stdout.split())


def test_importing_the_package_loads_no_third_party_module() -> None:
    """It loads only the standard library and the package itself, though this environment has every extra installed."""
    foreign = {name.split(".")[0] for name in loaded_by("import oauthone")} - set(sys.stdlib_module_names)
    assert foreign == {"oauthone"}


def test_importing_the_requests_client_loads_nothing_heavy_of_its_own() -> None:
    """``inspect`` alone costs a third of the time that the module adds to requests."""
    added = loaded_by("import oauthone.clients.requests") - loaded_by("import requests")
    assert not {"inspect", "asyncio", "dataclasses"} & added
    late = {f"oauthone.core.{name}" for name in ("received_header", "response_problems", "rsa", "token_response")}
    assert not late & added, "a program that signs with HMAC needs none of these"


@pytest.mark.parametrize("heavy", ["cryptography", "asyncio", "dataclasses"])
def test_importing_the_package_stays_light(heavy: str) -> None:
    """Each of these costs more time than the rest of the import together."""
    assert heavy not in loaded_by("import oauthone")


def test_a_server_loads_the_search_for_mistakes_when_it_explains_a_refusal() -> None:
    """Most servers explain none, and the search is large."""
    loaded = {name for name in loaded_by("import oauthone.server") if name.startswith("oauthone.diagnosis.")}
    assert loaded == {f"oauthone.diagnosis.{name}" for name in ("base_string_diff", "escaping", "forwarding")}


def test_what_a_statement_loads_is_seen() -> None:
    """The two tests above would fail: an import of these modules is visible."""
    assert {"asyncio", "dataclasses", "pytest"} <= loaded_by("import asyncio, dataclasses, pytest")


CONTRIBUTING = SRC.parent / "CONTRIBUTING.md"


def rooms_of_page(page: str) -> set[str]:
    """Return the rooms in the table of the section "Rooms"; packages end in a slash."""
    section = page.partition("\n## Rooms\n")[2].partition("\n## ")[0].partition("To find your way")[0]
    return set(re.findall(r"(?m)^\| `([^`]+)` \|", section))


def rooms_of_package(package: Path) -> set[str]:
    """Return the modules and packages directly below ``package``, and those packages that a room contains."""
    found = {path.stem for path in package.glob("*.py")} - {"__init__", "__main__"}
    return found | {f"{path.parent.relative_to(package).as_posix()}/" for path in package.rglob("*/__init__.py")}


def test_the_page_for_contributors_lists_the_rooms_that_exist() -> None:
    """A package inside a room may stand in the room's row, as that of the other library's name does."""
    named, existing = rooms_of_page(CONTRIBUTING.read_text("utf-8")), rooms_of_package(SRC / "oauthone")
    assert named - existing == set()
    assert existing - named == {"compat/requests_oauthlib/"}


def test_the_page_for_contributors_names_modules_that_exist() -> None:
    """In the table of the ways that an operation takes. A module is named with its room."""
    ways = CONTRIBUTING.read_text("utf-8").partition("To find your way")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(\w+/\w*)`", ways.partition("Two rooms")[0]))
    assert len(named) > 15
    package = SRC / "oauthone"
    assert [name for name in named if not (package / name).is_dir() and not (package / f"{name}.py").is_file()] == []


def test_a_room_that_is_missing_on_the_page_or_in_the_package_is_found(tmp_path: Path) -> None:
    for name in ("core/__init__.py", "server/__init__.py", "server/stores/__init__.py", "errors.py", "__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert rooms_of_package(tmp_path) == {"core/", "server/", "server/stores/", "errors"}
    table = "| room | x |\n|---|---|\n| `errors` | a |\n| `cli/` | `b` |\n"
    page = f"\n## Rooms\n{table}\nTo find your way\n| `no` |\n## New\n"
    assert rooms_of_page(page) == {"errors", "cli/"}
