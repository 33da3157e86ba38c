"""The shape of the code: the sizes of modules and functions, their names, and the imports inside a room."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from test_architecture import SRC, imports, modules, room

PACKAGE = SRC / "oauthone"
TESTS = Path(__file__).parent
API_PAGE = SRC.parent / "docs" / "api.md"

MODULE_LIMIT = 250
#: The only larger modules, which may not grow.
LARGE_MODULES = {
    "core/signing.py": 331,  # one class; its docstrings document every option of signing
}

BODY_LIMIT = 30

# In these rooms a module that is not documented is private, and its name says so.
DOCUMENTED_ROOMS = ("login", "providers", "server")

#: Protocols describe what others implement, so there is nothing in them to run.
PROTOCOLS = {"server/_store_protocols.py", "server/stores/_store_commands.py"}
#: The modules whose tests need another environment, and so stand in another folder.
FOLDERS = {"clients/_niquests_signing.py": "clients/niquests", "clients/niquests.py": "clients/niquests"}
#: In these rooms a test file has the name of a module, or stands in the folder ``scenarios``.
MIRRORED_ROOMS = (
    *(
        "cli",
        "cli/commands",
        "clients",
        "compat",
        "compat/requests_oauthlib",
        "core",
        "diagnosis",
        "inspector",
        "login",
        "server",
        "server/stores",
    ),
    *("providers", "testing"),
)

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield path and text of each module below ``folder``."""
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder).as_posix(), path.read_text("utf-8")


def module_sizes(folder: Path) -> dict[str, int]:
    """Return the number of lines of each module below ``folder``."""
    return {name: len(text.splitlines()) for name, text in sources(folder)}


def body_sizes(folder: Path) -> dict[str, int]:
    """Return the lines of each function body, by ``module.py:Class.function``; the largest of namesakes."""
    found = [(f"{name}:{inner}", size) for name, text in sources(folder) for inner, size in bodies(ast.parse(text))]
    return dict(sorted(found, key=lambda one: one[1]))


def bodies(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, int]]:
    """Yield each function below ``node`` with the lines of its body, without signature and docstring."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, _Function):
            yield prefix + inner.name, _lines(inner)
        name = f"{inner.name}." if isinstance(inner, _Function | ast.ClassDef) else ""
        yield from bodies(inner, prefix + name)


def _lines(function: _Function) -> int:
    statements = function.body[ast.get_docstring(function) is not None :]
    return (statements[-1].end_lineno or 0) - statements[0].lineno + 1 if statements else 0


def complaints(sizes: Mapping[str, int], limit: int, listed: Mapping[str, int]) -> list[str]:
    """Return what is larger than ``limit`` or than its listed size, and each entry that is no longer needed."""
    allowed = {name: listed.get(name, limit) for name in sizes}
    grown = [f"{name}: {size} lines, {allowed[name]} allowed" for name, size in sizes.items() if size > allowed[name]]
    return grown + [f"{name}: take it off the list" for name in listed if sizes.get(name, 0) <= limit]


def circles(graph: Mapping[str, set[str]]) -> list[set[str]]:
    """Return the largest groups of nodes that lead to each other."""
    ahead = {node: _reachable(graph, node) for node in graph}
    groups = {frozenset(other for other in ahead[node] if node in ahead[other]) for node in graph}
    return sorted(map(set, groups - {frozenset()}), key=sorted)


def _reachable(graph: Mapping[str, set[str]], start: str) -> set[str]:
    found, waiting = set[str](), [start]
    while waiting:
        new = graph[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def imports_inside_rooms(files: Mapping[str, Path]) -> dict[str, set[str]]:
    """Return for each module of ``files`` those of its own room that it imports."""
    return {
        module: {
            target
            for found in imports(path.read_text("utf-8"), module, path.name == "__init__.py")
            if (target := _module_of(found.target, files)) and room(target) == room(module)
        }
        for module, path in files.items()
    }


def _module_of(target: str, files: Mapping[str, Path]) -> str:
    while target and target not in files:
        target = target.rpartition(".")[0]
    return target


def undocumented(folder: Path, page: str) -> set[str]:
    """Return the modules of the room ``folder`` that ``page`` does not name and that have no underscore."""
    public = [name for name, _ in sources(folder) if not re.search(r"(^|/)_", name)]
    dotted = {name: f"oauthone.{folder.name}.{name.removesuffix('.py').replace('/', '.')}" for name in public}
    return {name for name in public if not re.search(rf"\b{re.escape(dotted[name])}\b", page)}


def file_of_tests(module: str) -> str:
    """Return the path of the test file of a module: ``login/test_pending.py`` for ``login/_pending.py``."""
    room_of_module, _, name = module.rpartition("/")
    folder = FOLDERS.get(module, room_of_module)
    return f"{folder}/test_{name.removesuffix('.py').strip('_')}.py".removeprefix("/")


def untested(package: Path, tests: Path) -> set[str]:
    """Return the modules of ``package`` whose test file is missing below ``tests`` or contains no test."""
    modules_to_test = {name for name, _ in sources(package) if not re.search(r"(^|/)__init__\.py$", name)} - PROTOCOLS
    with_tests = {name for name, text in sources(tests) if re.search(r"^(?:async )?def test_", text, re.MULTILINE)}
    return {name for name in modules_to_test if file_of_tests(name) not in with_tests}


def strays(package: Path, tests: Path, name: str) -> set[str]:
    """Return the test files in the room ``name`` that have the name of no module and are no scenarios."""
    expected = {file_of_tests(f"{name}/{module}") for module, _ in sources(package / name)}
    found = {path.relative_to(tests).as_posix() for path in (tests / name).glob("test_*.py")}
    return found - expected


def stop_iterations(folder: Path) -> set[str]:
    """Return the modules below ``folder`` that name ``StopIteration``, as code that advances a generator must."""
    named = {name: {getattr(node, "id", "") for node in ast.walk(ast.parse(text))} for name, text in sources(folder)}
    return {name for name, names in named.items() if "StopIteration" in names}


def test_modules_are_small() -> None:
    assert complaints(module_sizes(PACKAGE), MODULE_LIMIT, LARGE_MODULES) == []


def test_functions_are_small() -> None:
    assert complaints(body_sizes(PACKAGE), BODY_LIMIT, {}) == []


def test_the_modules_of_a_room_have_an_order() -> None:
    """Each module imports only from those above it, so no two of them import each other."""
    assert circles(imports_inside_rooms(modules())) == []


@pytest.mark.parametrize("name", DOCUMENTED_ROOMS)
def test_a_private_module_starts_with_an_underscore(name: str) -> None:
    """In these rooms a module that ``docs/api.md`` does not name is private."""
    assert undocumented(PACKAGE / name, API_PAGE.read_text("utf-8")) == set()


def test_every_module_has_its_test_file() -> None:
    """The tests mirror ``src``."""
    assert untested(PACKAGE, TESTS) == set()


@pytest.mark.parametrize("name", MIRRORED_ROOMS)
def test_every_test_file_has_the_name_of_a_module(name: str) -> None:
    """Tests that join several modules stand in the folder ``scenarios``."""
    assert strays(PACKAGE, TESTS, name) == set()


def test_generators_are_driven_in_one_place() -> None:
    """Only ``run`` and ``arun`` advance a generator."""
    assert stop_iterations(PACKAGE) == {"core/drive.py"}


# --- each rule finds what breaks it -----------------------------------------------------------------------------------


def planted(folder: Path, **files: str) -> Path:
    """Create a package of these modules in ``folder``; ``__`` in a name means a slash."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def test_a_large_module_is_found(tmp_path: Path) -> None:
    planted(tmp_path, small="x = 1\n" * 250, inner__large="x = 1\n" * 251)
    assert complaints(module_sizes(tmp_path), 250, {}) == ["inner/large.py: 251 lines, 250 allowed"]


def test_a_large_body_is_found(tmp_path: Path) -> None:
    """In methods, async and inner functions, and in one of two namesakes. Docstrings and signatures do not count."""
    text = '"""One.\n\nTwo.\n"""'
    source = f"class A:\n async def m(\n  self,\n ):\n  {text}\n  def inner():\n   x = 1\n   return x\n  return inner\n"
    twice = f"if x:\n def f():\n  a\n  b\nelse:\n def f():\n  {text}\n"
    planted(tmp_path, it=source, twice=twice, empty=f"def f():\n {text}\n")
    sizes = {"it.py:A.m": 4, "it.py:A.m.inner": 2, "twice.py:f": 2, "empty.py:f": 0}
    assert body_sizes(tmp_path) == sizes
    assert complaints(sizes, 3, {}) == ["it.py:A.m: 4 lines, 3 allowed"]


@pytest.mark.parametrize("size", [251, 299, 300])
def test_what_is_listed_may_shrink(size: int) -> None:
    assert complaints({"a.py": size}, 250, {"a.py": 300}) == []


def test_what_is_listed_may_not_grow() -> None:
    assert complaints({"a.py": 301}, 250, {"a.py": 300}) == ["a.py: 301 lines, 300 allowed"]


@pytest.mark.parametrize("sizes", [{"a.py": 250}, {}], ids=["small", "gone"])
def test_what_keeps_the_limit_is_not_listed(sizes: dict[str, int]) -> None:
    assert complaints(sizes, 250, {"a.py": 300}) == ["a.py: take it off the list"]


def test_a_circle_is_found(tmp_path: Path) -> None:
    """Even inside a function, for type checkers, or through a third module, but not through another room."""
    planted(
        tmp_path,
        core__a="from . import b\nfrom oauthone.server import f",
        core__b="def late():\n from oauthone.core.c import name",
        core__c="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n from .a import A",
        core__above="from .a import A",
        server__f="from oauthone.core.above import A",
    )
    files = {f"oauthone.{path.parent.name}.{path.stem}": path for path in tmp_path.rglob("*.py")}
    assert circles(imports_inside_rooms(files)) == [{"oauthone.core.a", "oauthone.core.b", "oauthone.core.c"}]


def test_a_public_name_of_a_private_module_is_found(tmp_path: Path) -> None:
    planted(tmp_path / "server", _a="", b="", flask="", stores__c="", stores___d="", stores__redis="")
    page = (
        "## oauthone.server.flask\n`oauthone.server.stores.redis.RedisStore`, `oauthone.server.bb` `oauthone.login.b`"
    )
    assert undocumented(tmp_path / "server", page) == {"b.py", "stores/c.py"}


def test_a_module_without_a_test_file_is_found(tmp_path: Path) -> None:
    """Whether the file is missing, is that of a neighbour or of a scenario, or has no test."""
    package, tests = tmp_path / "package", tmp_path / "tests"
    planted(package, core__a="", core___b="", core__c="", core__d="", e="", f="")
    for name in ("__init__", "__main__"):
        (package / "core" / f"{name}.py").touch()
    test = "def test_it() -> None: ...\n"
    planted(tests, core__test_a=test, core__test_b=f"async {test}", core__test_main=test, test_e=test)
    planted(tests, test_c=test, core__scenarios__test_c=test, core__test_d="def helper() -> None: ...\n")
    assert untested(package, tests) == {"core/c.py", "core/d.py", "f.py"}


def test_a_module_in_another_environment_has_its_tests_in_another_folder(tmp_path: Path) -> None:
    planted(tmp_path / "package", clients__niquests="", server___store_protocols="")
    tests = planted(tmp_path / "tests", clients__test_niquests="def test_it() -> None: ...\n")
    assert untested(tmp_path / "package", tests) == {"clients/niquests.py"}
    planted(tests, clients__niquests__test_niquests="def test_it() -> None: ...\n")
    assert untested(tmp_path / "package", tests) == set()


def test_a_test_file_without_a_module_is_found(tmp_path: Path) -> None:
    planted(tmp_path / "package", core__a="", core___b="", login__c="")
    tests = planted(tmp_path / "tests", core__test_a="", core__test_b="", core__test_c="", core__scenarios__test_d="")
    planted(tests, core__vectors="", core__conftest="", login__test_e="")
    assert strays(tmp_path / "package", tests, "core") == {"core/test_c.py"}


@pytest.mark.parametrize(
    "source",
    [
        "try:\n next(x)\nexcept StopIteration:\n pass",
        "try:\n next(x)\nexcept (ValueError, StopIteration) as done:\n pass",
        "with contextlib.suppress(StopIteration):\n next(x)",
    ],
)
def test_a_generator_driven_by_hand_is_found(tmp_path: Path, source: str) -> None:
    assert stop_iterations(planted(tmp_path, it=source, other='"""Raises StopIteration."""')) == {"it.py"}


def test_the_list_of_what_is_released_names_each_module() -> None:
    """After you add or remove a module, change the list: by hand, or with ``make dist ARGS=--accept``."""
    listed = (SRC.parent / "release" / "contents" / "oauthone.wheel.txt").read_text("utf-8").splitlines()
    found = {f"oauthone/{name}" for name, _ in sources(PACKAGE)}
    assert {name for name in listed if name.endswith(".py")} == found
