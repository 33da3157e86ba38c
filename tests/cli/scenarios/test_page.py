"""Every example of the page about the command is run, in its order, and prints what the page says."""

import re
import shlex
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import keyring
import pytest
from click.testing import CliRunner

from oauthone import Signer
from oauthone.cli import dancer, race
from oauthone.cli.main import tree
from oauthone.cli.output import Common
from oauthone.testing import ProviderBox

from ..importing.test_twurlrc import FILE
from ..shapes import check_output
from ..test_vault import Ring

PAGE = Path(__file__).parents[3] / "docs" / "cli.md"
PROVIDER = "https://provider.example"


class Example(NamedTuple):
    line: int
    command: str
    printed: str


def examples(text: str) -> Iterator[Example]:
    """Yield the commands of the page, each with what it prints."""
    for block in re.finditer(r"^```shell-session\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        begin = text.count("\n", 0, block.start()) + 2
        lines = block[1].splitlines()
        starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            yield Example(begin + start, lines[start][2:], "\n".join(lines[start + 1 : end]))


EXAMPLES = [*examples(PAGE.read_text("utf-8"))]


class Reader:
    """A person who follows the page, at a provider that plays ``https://provider.example``."""

    def __init__(self, box: ProviderBox, monkeypatch: pytest.MonkeyPatch) -> None:
        self.box, self._monkeypatch = box, monkeypatch

    def run(self, command: str) -> str:
        """Run a line, and return what comes on both streams, with the names of the page."""
        words = shlex.split(self.here(command))
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            self._monkeypatch.setenv(name, self.box.client.client_secret if name == "SECRET" else value)
            return ""
        assert words[0] == "oauthone", command
        text = None
        if "<" in words:
            *words, _, file = words
            text = Path(file).read_text("utf-8")
        if "discogs" in words:
            text = f"{self.box.client.client_id}\n{self.box.client.client_secret}\n"
        with pytest.MonkeyPatch.context() as person:
            if "discogs" in words:
                self._sit_down(person)
            done = CliRunner().invoke(tree, words[1:], input=text)
        check_output(words, done.stdout)
        shown: str = done.output
        self._agree(shown)
        return self.there(shown)

    def here(self, text: str) -> str:
        return text.replace(PROVIDER, self.box.origin).replace("abc123", self.box.client.client_id)

    def there(self, text: str) -> str:
        return text.replace(self.box.origin, PROVIDER).replace(self.box.client.client_id, "abc123")

    def _sit_down(self, person: pytest.MonkeyPatch) -> None:
        """Sit at a terminal with a browser, whose owner agrees."""
        person.setattr(Common, "asks", True)
        person.setattr(dancer, "has_browser", lambda: True)
        person.setattr(dancer, "open_browser", lambda url, _: threading.Thread(target=visit, args=[url]).start())
        person.setattr(race.Race, "wait", lambda self, seconds: self._answers.get(timeout=seconds))
        facts: Any = self.box.like
        self._monkeypatch.setattr("oauthone.providers.get", lambda *_, **__: facts)

    def _agree(self, shown: str) -> None:
        """Write the code down, if the command asks for one to come."""
        if "--finish" in shown:
            Path("code.txt").write_text(self.box.visit(shown.split()[0]) + "\n")


def visit(url: str) -> None:
    with urllib.request.urlopen(url) as page:
        page.read()


def test_the_examples_of_the_page(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Ring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: ring)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "twurlrc").write_text(FILE)
    for name, secret in (("cs.txt", "kd94hf93k423kf44"), ("ts.txt", "pfkkdhi9sl3r4s00")):
        (tmp_path / name).write_text(secret)
        (tmp_path / name).chmod(0o600)
    with ProviderBox(like="discogs") as catalogue, ProviderBox() as other:
        reader = Reader(catalogue, monkeypatch)
        for example in EXAMPLES:
            if example.command.startswith("export"):
                reader = Reader(other, monkeypatch)
            if "pasted.txt" in example.command:
                _paste(other)
            if "import twurlrc" in example.command:
                (home / "profiles" / "discogs.toml").read_text()
            shown = reader.run(example.command)
            pattern = re.escape(example.printed.strip()).replace("…", r"[\s\S]*?")
            assert re.fullmatch(pattern, _lines(shown), re.DOTALL), (
                f"docs/cli.md, line {example.line}: the page says\n{example.printed}\nbut what came is\n{shown}"
            )


def _lines(shown: str) -> str:
    return "\n".join(line.rstrip() for line in shown.strip().splitlines())


def _paste(box: ProviderBox) -> None:
    """Write down a request that was signed for another method."""
    from oauthone.cli.vault import FileVault

    kept = FileVault().load("photos") or {}
    token, secret = kept["token"], kept["token_secret"]
    signer = Signer(box.client.client_id, box.client.client_secret, token=token, token_secret=secret)
    url = f"{box.origin}/photos"
    Path("pasted.txt").write_text(f"curl -H 'Authorization: {signer.sign('POST', url).authorization}' {url}\n")


def test_every_example_is_found() -> None:
    assert len(EXAMPLES) > 15
    text = PAGE.read_text("utf-8")
    assert len(re.findall(r"^\$ ", text, re.MULTILINE)) == len(EXAMPLES)
