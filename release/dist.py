"""Builds the distributions in ``dist/`` and tries them out: what ``make dist`` starts.

    python release/dist.py [--release] [--accept]

Each sdist is built from the checkout, and each wheel from its sdist. A second build, from a copy of the checkout in
another place, must yield the same octets. ``--release`` refuses to build what `readiness` finds unready. ``--accept``
makes the contents of the wheels the committed ones.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import contents
import installed
import readiness

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
PROJECTS = (".", "dropin")


def main() -> int:
    """Build, check and try out; return the exit status."""
    options = _options()
    if options.release and (status := readiness.main([])):
        return status
    shutil.rmtree(DIST, ignore_errors=True)
    os.environ["SOURCE_DATE_EPOCH"] = _time_of_the_commit()
    _build(ROOT, DIST)
    archives = sorted(DIST.iterdir())
    _run(sys.executable, "-m", "twine", "check", "--strict", *archives)
    _check_second_build(archives)
    if options.accept:
        for archive in DIST.glob("*.whl"):
            contents.accept(archive)
    _check_contents(archives)
    installed.try_out(DIST)
    for archive in archives:
        print(f"{hashlib.sha256(archive.read_bytes()).hexdigest()}  {archive.relative_to(ROOT)}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make dist", description=__doc__)
    parser.add_argument("--release", action="store_true", help="refuse what is not ready for a release")
    parser.add_argument("--accept", action="store_true", help="write the lists of the wheels' contents anew")
    return parser.parse_args()


def _run(*command: str | Path, cwd: Path = ROOT) -> None:
    print("$", *[Path(word).name if isinstance(word, Path) else word for word in command[1:]], flush=True)
    subprocess.run(command, cwd=cwd, check=True, stdin=subprocess.DEVNULL)


def _time_of_the_commit() -> str:
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "1577836800"  # hatchling's own choice: 2020-01-01, outside of a checkout


def _build(checkout: Path, target: Path) -> None:
    """Build both projects with the hatchling of this environment: an sdist, and the wheel from that sdist."""
    for project in PROJECTS:
        _run(sys.executable, "-m", "build", "-q", "--no-isolation", "-o", target, checkout / project)


@contextmanager
def _copy_of_the_checkout() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="oauthone-") as folder:
        copy = Path(folder, "elsewhere")
        ignored = shutil.ignore_patterns(".git", ".venv*", "build", "dist", "__pycache__", ".*_cache", ".hypothesis")
        shutil.copytree(ROOT, copy, ignore=ignored, copy_function=shutil.copy)  # with new times
        if (ROOT / ".gitignore").is_file():  # hatchling leaves out what it names
            shutil.copyfile(ROOT / ".gitignore", copy / ".gitignore")
        yield copy


def _check_second_build(archives: list[Path]) -> None:
    with _copy_of_the_checkout() as checkout:
        again = checkout / "dist"
        _build(checkout, again)
        for archive in archives:
            if archive.read_bytes() != (again / archive.name).read_bytes():
                raise SystemExit(f"a second build of {archive.name} differs from the first")
    print("a second build, elsewhere, has the same octets")


def _check_contents(archives: list[Path]) -> None:
    found: list[str] = []
    for archive in archives:
        path = contents.list_of(archive)
        lines = path.read_text("utf-8").splitlines()
        found += [f"{path.name}: {one}" for one in contents.differences(contents.names_in(archive), lines)]
    if found:
        told = "\n  ".join(found)
        raise SystemExit(
            f"the archives do not contain what release/contents/ says:\n  {told}\n"
            "If this is right, run `make dist ARGS=--accept` for the wheels, and edit the list of an sdist."
        )


if __name__ == "__main__":
    sys.exit(main())
