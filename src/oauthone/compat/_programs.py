"""Runs another program in this process as ``python`` would run it: as ``__main__``, with its arguments and its path."""

import sys
from importlib.util import find_spec
from io import open_code
from os import getcwd
from os.path import dirname, exists, join, realpath
from pkgutil import get_importer
from shutil import which
from types import CodeType, ModuleType
from typing import Any, NoReturn


def run_path(program: str, arguments: list[str]) -> None:
    """Run a file, or the ``__main__.py`` of a folder or zip file.

    Args:
        program: its path, or the name of a command that is a Python script.
        arguments: the rest of ``sys.argv``.
    """
    path = program if exists(program) else which(program)
    if path is None:
        _fail(f"there is no file and no command {program!r}")
    full_path = join(getcwd(), path)
    finder: Any = get_importer(full_path)
    if finder is None:
        sys.path[0] = dirname(realpath(path))
        with open_code(full_path) as file:
            source = file.read()
        if b"\0" in source:
            _fail(f"{path} is not a Python program")
        code = compile(source, full_path, "exec", dont_inherit=True)
        _run(code, [path, *arguments], {"__file__": full_path, "__spec__": None, "__package__": None})
        return
    sys.path[0] = full_path
    spec = finder.find_spec("__main__")
    if spec is None:
        _fail(f"there is no __main__.py in {path}")
    _run_spec(spec, [path, *arguments])


def run_module(name: str, arguments: list[str]) -> None:
    """Run a module, or the ``__main__`` module of a package.

    Args:
        name: its dotted name.
        arguments: the rest of ``sys.argv``.
    """
    try:
        spec = find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = find_spec(f"{name}.__main__")
    except ModuleNotFoundError as missing:
        _fail(str(missing))
    if spec is None or spec.loader is None:
        _fail(f"there is no module {name!r} that can be run")
    _run_spec(spec, [str(spec.origin), *arguments])


def _run_spec(spec: Any, argv: list[str]) -> None:
    _run(
        spec.loader.get_code(spec.name),
        argv,
        {"__file__": spec.origin, "__spec__": spec, "__package__": spec.parent, "__loader__": spec.loader},
    )


def _run(code: CodeType, argv: list[str], names: dict[str, Any]) -> None:
    """Run ``code`` as the module ``__main__``, which stays: threads and pickles may look it up until the end."""
    module = ModuleType("__main__")
    vars(module).update({"__builtins__": __builtins__, "__cached__": None, **names})
    sys.modules["__main__"] = module
    sys.argv[:] = argv
    exec(code, vars(module))


def _fail(message: str) -> NoReturn:
    print(f"python -m oauthone.compat: {message}", file=sys.stderr)
    sys.exit(2)
