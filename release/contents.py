"""Compares what a wheel or an sdist contains with the committed list of its kind.

The lists are in ``contents/``. A line of a list is a path, or a pattern in which ``*`` matches everything in a folder,
and ``**`` everything below it. A file that no line matches is a mistake, and so is a line that matches no file.
"""

import re
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

LISTS = Path(__file__).with_name("contents")


def list_of(archive: Path) -> Path:
    """Return the path of the list that belongs to an archive: ``oauthone.wheel.txt`` for a wheel of ``oauthone``."""
    kind = "wheel" if archive.suffix == ".whl" else "sdist"
    return LISTS / f"{archive.name.partition('-')[0]}.{kind}.txt"


def names_in(archive: Path) -> list[str]:
    """Return the paths of the files in an archive, in order, without the version in the names of folders."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            names = wheel.namelist()
        return sorted(re.sub(r"^(\w+)-[^/]+\.dist-info/", r"\1.dist-info/", name) for name in names)
    with tarfile.open(archive) as sdist:
        return sorted(member.name.partition("/")[2] for member in sdist if member.isfile())


def differences(names: Iterable[str], lines: Iterable[str]) -> list[str]:
    """Return one sentence for each file that no line matches, and for each line that matches no file."""
    patterns = {line: _compiled(line) for line in lines if line and not line.startswith("#")}
    known = [*names]
    extra = [name for name in known if not any(pattern.fullmatch(name) for pattern in patterns.values())]
    idle = [line for line, pattern in patterns.items() if not any(map(pattern.fullmatch, known))]
    return [f"{name} is in the archive, but not in the list" for name in extra] + [
        f"{line} is in the list, but matches nothing in the archive" for line in idle
    ]


def accept(archive: Path) -> None:
    """Write the list of a wheel anew; its patterns stay. The list of an sdist is edited by hand."""
    path = list_of(archive)
    lines = path.read_text("utf-8").splitlines()
    comments = [line for line in lines if line.startswith("#")]
    patterns = [line for line in lines if "*" in line and line not in comments]
    names = [name for name in names_in(archive) if not any(_compiled(line).fullmatch(name) for line in patterns)]
    path.write_text("\n".join([*comments, *sorted([*names, *patterns])]) + "\n", "utf-8", newline="\n")


def _compiled(line: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*)", line)
    return re.compile("".join({"**": ".*", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts))
