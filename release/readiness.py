"""What has to be done before a release can be built: ``python release/readiness.py [TAG]`` prints it."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOTICE = "<!-- before the first release -->"

_VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)
_REPOSITORY = re.compile(r'^REPOSITORY: Final = "(.*)"$', re.MULTILINE)
_RELEASABLE = re.compile(r"\d+\.\d+\.\d+(?:rc\d+)?")
_ADDRESS = re.compile(r"https://[a-z0-9.-]+/[\w./-]*\w")


def versions(root: Path = ROOT) -> dict[str, str]:
    """Return the version of each distribution, from the one line that states it."""
    files = {"oauthone": "src/oauthone/__init__.py", "oauthone-authlib": "dropin/authlib/__init__.py"}
    found = {name: _VERSION.search((root / path).read_text("utf-8")) for name, path in files.items()}
    return {name: match[1] if match else "" for name, match in found.items()}


def obstacles(root: Path = ROOT, tag: str = "") -> list[str]:
    """Return what stands in the way of a release, as sentences that say what to do.

    Args:
        root: the checkout.
        tag: the tag that is released; empty if there is none yet.
    """
    stated = versions(root)
    version = stated["oauthone"]
    found = [*_about_address(root), *_about_pages(root, version)]
    if len({*stated.values()}) != 1:
        found.append(f"the two distributions need the same version: {stated}")
    if not _RELEASABLE.fullmatch(version):
        found.append(f"{version!r} is not a version to release: write X.Y.Z or X.Y.ZrcN")
    if tag and tag != f"v{version}":
        found.append(f"the tag is {tag!r}, but the version is {version!r}: tag the commit v{version}")
    return found


def _about_address(root: Path) -> list[str]:
    found = _REPOSITORY.search((root / "release" / "metadata.py").read_text("utf-8"))
    address = found[1] if found else ""
    if _ADDRESS.fullmatch(address):
        return []
    return [f"fill in REPOSITORY in release/metadata.py, as https://host/owner/oauthone: it is {address!r}"]


def _about_pages(root: Path, version: str) -> list[str]:
    found: list[str] = []
    if NOTICE in (root / "README.md").read_text("utf-8"):
        found.append(f"delete the notice in README.md, from {NOTICE} to <!-- until here -->")
    if not re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", _changelog(root), re.MULTILINE):
        found.append(f"CHANGELOG.md has no heading '## [{version}] - YYYY-MM-DD'")
    return found


def _changelog(root: Path) -> str:
    return (root / "CHANGELOG.md").read_text("utf-8")


def uncommitted(root: Path = ROOT) -> list[str]:
    """Return a sentence if a release would contain what is not committed."""
    command = ["git", "-C", str(root), "status", "--porcelain"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return ["a release is built in a checkout, with git"]
    return ["commit or remove: " + ", ".join(done.stdout.split("\n")[:-1])] if done.stdout else []


def main(arguments: list[str]) -> int:
    """Print what is left to do; return 1 if there is something."""
    tag = arguments[0] if arguments else os.environ.get("RELEASE_TAG", "")
    found = [*obstacles(tag=tag), *uncommitted()]
    for sentence in found:
        print(f"not ready for a release: {sentence}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
