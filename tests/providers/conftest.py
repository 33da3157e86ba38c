"""A folder of data files that a test writes, in place of the real ones."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from oauthone.providers import _catalogue

#: The smallest file that fits the model.
SMALLEST = """\
name = "Box"
homepage = "https://box.example"
status = "active"
status_as_of = "2026-11"
flows = ["consumer-only"]
signature_methods = ["HMAC-SHA1"]
api_base = ["https://api.box.example"]

[sources.endpoints]
level = "verified"
as_of = "2026-11-26"
found_in = ["https://box.example/docs"]

[sources.methods]
level = "single"
as_of = "2026-11-26"
found_in = ["a program"]

[sources.signature]
level = "verified"
as_of = "2026-11-26"
found_in = ["https://box.example/docs"]
"""


@pytest.fixture
def smallest() -> str:
    return SMALLEST


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], Path]]:
    """Write a data file into a catalogue of this test's own."""

    def write_file(name: str, text: str) -> Path:
        path = tmp_path / f"{name}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    monkeypatch.setattr(_catalogue, "DATA", tmp_path)
    _forget()
    yield write_file
    _forget()


def _forget() -> None:
    _catalogue.entry.cache_clear()
    _catalogue.aliases.cache_clear()
