"""Prints the lowest versions that the extras of a project allow, as constraints for pip or uv.

    python .ci/lowest_versions.py pyproject.toml

What these versions depend on is not constrained, so it is as new as they allow: as in an old application that installs
into a new environment.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

_BOUND = re.compile(r"(?P<name>[\w.-]+)(?:\[[\w,]+\])?>=(?P<version>[\w.]+)")


def lowest(extras: dict[str, list[str]]) -> dict[str, str]:
    """Return the lowest version of each distribution.

    Args:
        extras: the requirements of each extra.

    Raises:
        ValueError: a requirement is not of the form ``name>=version``, or two extras have different bounds.
    """
    found: dict[str, str] = {}
    for name, version in _bounds(need for needs in extras.values() for need in needs):
        if found.setdefault(name, version) != version:
            raise ValueError(f"{name} has two lower bounds: {found[name]} and {version}")
    return dict(sorted(found.items()))


def _bounds(needs: Iterable[str]) -> Iterator[tuple[str, str]]:
    for need in needs:
        if need.startswith("oauthone["):  # an extra that contains others
            continue
        match = _BOUND.fullmatch(need)
        if match is None:
            raise ValueError(f"{need!r} has no lower bound of the form name>=version")
        yield match["name"], match["version"]


if __name__ == "__main__":
    project = tomllib.loads(Path(sys.argv[1]).read_text("utf-8"))["project"]
    for name, version in lowest(project["optional-dependencies"]).items():
        print(f"{name}=={version}")
