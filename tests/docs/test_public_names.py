"""The public names of the package: ``docs/api.md`` lists exactly those, module by module.

Nothing is imported, so the client of each library is compared in every environment.
"""

import ast
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from .pages import DOCS, ROOT

SRC = ROOT / "src"
#: Rooms of which the reference lists a selection. The rest of them may change without notice, as it says.
INTERNAL_ROOMS = ("oauthone.cli", "oauthone.core", "oauthone.diagnosis", "oauthone.inspector", "oauthone.testing")
#: Modules that are only run: ``python -m oauthone.demo``, ``python -m oauthone.compat``.
PROGRAMS = {"oauthone.demo", "oauthone.compat"}


def modules_of(folder: Path) -> dict[str, str]:
    """The modules below ``folder`` whose names have no leading underscore: dotted name and text."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if not any(part.startswith("_") for part in parts):
            found[".".join(parts)] = path.read_text("utf-8")
    return found


def exported(source: str) -> list[str] | None:
    """The names in the ``__all__`` of a module, or None if it has none."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return [str(name) for name in ast.literal_eval(node.value)]
    return None


def defined(source: str) -> set[str]:
    """The classes and functions of a module."""
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in ast.parse(source).body if isinstance(node, kinds)}


def is_empty(source: str) -> bool:
    """Whether a module holds nothing but its docstring."""
    tree = ast.parse(source)
    return len(tree.body) == (ast.get_docstring(tree) is not None)


def listed_in(reference: str, modules: Mapping[str, str]) -> dict[str, set[str]]:
    """The documented modules, and the names of each that have an entry; methods count as their class."""
    found: dict[str, set[str]] = {}
    for name in re.findall(r"^\.\. (?:auto|py:)\w+:: (oauthone[\w.]*)$", reference, re.M):
        module = name
        while module not in modules:
            module = module.rpartition(".")[0]
        rest = name[len(module) + 1 :].partition(".")[0]
        found.setdefault(module, set()).update([rest] if rest else [])
    for section in re.split(r"^#+ (?=oauthone)", reference, flags=re.M)[1:]:
        # An error that a module hands on has its entry in oauthone.errors.
        found.setdefault(section.split()[0], set()).update(re.findall(r"also exports `(\w+)`", section))
    return found


def undocumented_modules(reference: str, modules: Mapping[str, str]) -> set[str]:
    """The modules that need a place in the reference and have none."""
    public = {name for name, source in modules.items() if not name.startswith(INTERNAL_ROOMS) and not is_empty(source)}
    return public - PROGRAMS - listed_in(reference, modules).keys()


def differences(reference: str, modules: Mapping[str, str]) -> dict[str, object]:
    """For each documented module whose ``__all__`` is not what the reference lists, the names on one side only."""
    found: dict[str, object] = {}
    for module, names in listed_in(reference, modules).items():
        public = exported(modules[module])
        if public is None and module.startswith(INTERNAL_ROOMS):
            public = [*names & defined(modules[module])]
        if public is None:
            found[module] = "it has no __all__"
        elif set(public) != names:
            found[module] = set(public) ^ names
    return found


def test_every_public_module_is_in_the_reference() -> None:
    assert undocumented_modules((DOCS / "api.md").read_text("utf-8"), modules_of(SRC)) == set()


def test_the_reference_lists_the_public_names_of_each_module() -> None:
    assert differences((DOCS / "api.md").read_text("utf-8"), modules_of(SRC)) == {}


# --- each rule finds what breaks it -----------------------------------------------------------------------------------

PLANTED = {
    "oauthone": '__all__ = ["A", "missing"]',
    "oauthone.core.flow": "def run() -> None: ...",
    "oauthone.core.urls": "def split() -> None: ...",
    "oauthone.demo": "import sys",
    "oauthone.server": '"""Only a docstring."""',
    "oauthone.server.asgi": "def application() -> None: ...",
    "oauthone.server.flask": '__all__ = ["OAuthError", "view"]',
    "oauthone.server.wsgi": "def application() -> None: ...",
}
PAGE = """
## oauthone
.. autoclass:: oauthone.A
   :members:
.. autofunction:: oauthone.extra
### oauthone.server.flask
.. autofunction:: oauthone.server.flask.view
.. autofunction:: oauthone.server.flask.view.late
This module also exports `OAuthError`.
## For adapters
.. autofunction:: oauthone.core.flow.run
.. autofunction:: oauthone.core.urls.join
.. autofunction:: oauthone.server.asgi.application
"""


def test_a_module_that_is_missing_in_the_reference_is_found() -> None:
    """An empty package, a program and an internal module need no entry."""
    assert undocumented_modules(PAGE, PLANTED) == {"oauthone.server.wsgi"}


def test_a_name_on_one_side_only_is_found() -> None:
    assert differences(PAGE, PLANTED) == {
        "oauthone": {"missing", "extra"},
        "oauthone.core.urls": {"join"},
        "oauthone.server.asgi": "it has no __all__",
    }


def test_a_module_with_an_underscore_is_private(tmp_path: Path) -> None:
    for name in ("server/_verifier", "server/_stores/memory", "server/flask", "server/__init__", "__main__"):
        path = tmp_path / "oauthone" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", "utf-8")
    assert [*modules_of(tmp_path)] == ["oauthone.server", "oauthone.server.flask"]


@pytest.mark.parametrize("source", ["", '"""Text."""', "x = 1", '"""Text."""\nx = 1'])
def test_a_module_with_code_is_not_empty(source: str) -> None:
    assert is_empty(source) == ("x" not in source.replace("Text", ""))
