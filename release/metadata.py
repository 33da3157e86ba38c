"""What hatchling adds to the metadata of both distributions: the project's URLs, and a README with absolute links.

A checkout has relative links, which lead nowhere from a package index. Here they become links into the repository, at
the tag of the version.
"""

import re
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any, Final

from hatchling.metadata.plugin.interface import MetadataHookInterface

#: The public address of the repository, without a slash at the end. RELEASING.md says when to fill it in. Nothing else
#: in the repository contains the address.
REPOSITORY: Final = ""

#: What stands in the metadata before the address is known. The names below ``.invalid`` never exist (RFC 2606).
PLACEHOLDER: Final = "https://address-not-filled-in.invalid/oauthone"

_LINK = re.compile(r"(?<=\]\()(?!https?:|mailto:|#)([^)\s#]+)")
_VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)


def urls(version: str, repository: str = REPOSITORY or PLACEHOLDER) -> dict[str, str]:
    """Return the project's URLs, as an index shows them."""
    return {
        "Documentation": f"{repository}/blob/v{version}/docs/index.md",
        "Changelog": f"{repository}/blob/v{version}/CHANGELOG.md",
        "Source": repository,
        "Issues": f"{repository}/issues",
        "Security": f"{repository}/security/policy",
    }


def with_absolute_links(text: str, folder: str, version: str, repository: str = REPOSITORY or PLACEHOLDER) -> str:
    """Return a page whose links lead into the repository at the tag of the version.

    Args:
        text: the page, in Markdown.
        folder: where the page is in the repository; empty for the root.
        version: of the distribution.
        repository: the address of the repository.
    """

    def absolute(found: re.Match[str]) -> str:
        path = normpath(PurePosixPath(folder, found[1]).as_posix())
        kind = "blob" if PurePosixPath(path).suffix or path == "LICENSE" else "tree"
        return f"{repository}/{kind}/v{version}/{path}"

    return _LINK.sub(absolute, text)


class ProjectMetadata(MetadataHookInterface):
    """Adds ``readme`` and ``urls``, and ties the drop-in to the version of oauthone that it was released with."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Change the metadata in place, as hatchling asks for."""
        version = _version(Path(self.root, self.config["version-file"]))
        text = Path(self.root, "README.md").read_text("utf-8")
        absolute = with_absolute_links(text, self.config["folder"], version)
        metadata["readme"] = {"content-type": "text/markdown", "text": absolute}
        metadata["urls"] = urls(version)
        if "dependencies" in metadata.get("dynamic", ()):
            metadata["dependencies"] = [f"oauthone=={version}"]


def _version(path: Path) -> str:
    found = _VERSION.search(path.read_text("utf-8"))
    if found is None:
        raise ValueError(f'{path} has no line of the form __version__ = "…"')
    return found[1]
