"""``python -m oauthone.providers``."""

import json
import runpy
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from oauthone import providers
from oauthone.providers.__main__ import main

from .conftest import SMALLEST

Write = Callable[[str, str], Path]


def output(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    assert main(arguments) == status
    return capsys.readouterr().out


def test_it_lists_the_providers(capsys: pytest.CaptureFixture[str]) -> None:
    head, *lines = output(capsys).splitlines()
    assert head.split() == ["name", "provider", "status", "flows", "level", "as", "of"]
    assert [line.split()[0] for line in lines] == providers.names()
    (plurk,) = [line for line in lines if line.startswith("plurk ")]
    assert plurk.split() == ["plurk", "Plurk", "active", "three-legged", "verified", "2025-02"]


def test_it_lists_the_retired_ones_with_their_message(capsys: pytest.CaptureFixture[str]) -> None:
    lines = output(capsys, "--retired").splitlines()[1:]
    assert [line.split()[0] for line in lines] == providers.names(retired=True)
    assert any("Xero retired OAuth 1.0 in 2021-03; it uses OAuth 2.0 now." in line for line in lines)


def test_json_has_every_fact(capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(output(capsys, "--json"))
    assert [one["id"] for one in listed] == providers.names()
    (flickr,) = [one for one in listed if one["id"] == "flickr"]
    assert flickr == json.loads(output(capsys, "flickr", "--json"))
    assert flickr["level"] == flickr["sources"]["endpoints"]["level"] == "verified"
    assert flickr["temporary_credentials"]["method"] == ["GET", "POST"]
    assert flickr["authorization"]["parameters"]["perms"]["values"] == ["read", "write", "delete"]
    assert "realm" not in flickr
    assert [one["id"] for one in json.loads(output(capsys, "--json", "--retired"))] == providers.names(retired=True)


def test_the_page_about_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, "jira", "--markdown").startswith("# Atlassian Data Center")
    assert output(capsys, "xero", "--markdown").startswith("# xero: level verified")


@pytest.mark.parametrize(("name", "file"), [("jira", "atlassian-data-center"), ("xero", "retired/xero")])
def test_one_provider_is_shown_as_its_file(capsys: pytest.CaptureFixture[str], name: str, file: str) -> None:
    shown = output(capsys, name)
    data = Path(providers.__file__).parent / "data" / f"{file}.toml"
    assert shown.startswith(f"# {Path(file).name}: level verified\n")
    assert tomllib.loads(shown) == tomllib.loads(data.read_text("utf-8"))


def test_facts_without_a_source_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, "trello").splitlines()[1] == ("# no source is named for: status, token_lifetime, quirks")


def test_a_table_in_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    lines = output(capsys, "--markdown").splitlines()
    assert lines[:2] == [
        "| name | provider | status | flows | level | as of |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    assert "| `etrade` | E\\*TRADE | active | three-legged | verified | 2026-04 |" in lines


def test_the_page_has_the_tables_of_the_data() -> None:
    """To write them anew: ``make provider NAME=…``, or ``python .ci/providers_table.py``."""
    program = runpy.run_path(str(Path(__file__).parents[2] / ".ci" / "providers_table.py"))
    page = program["PAGE"].read_text("utf-8")
    assert program["written"](page) == page
    assert page.count("| `flickr` |") == page.count("| `xero` |") == 1
    assert program["written"](page.replace("| `flickr` |", "| `flikr` |")) == page


def test_an_unknown_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean 'flickr'?" in output(capsys, "flikr", status=1)
    assert "did you mean 'flickr'?" in output(capsys, "--check", "flikr", status=1)


def test_a_check(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    write("box", SMALLEST)
    assert output(capsys, "--check", "box").startswith("box: the file fits the model; level single\n")
    write("case", SMALLEST.replace("flows", "timestamp_window = 300\nflows", 1))
    assert output(capsys, "--check", "case").splitlines()[1:] == ["no source is named for: status, timestamp_window"]
    write("crate", SMALLEST.replace("flows", "floes", 1))
    assert output(capsys, "--check", "crate", status=1).startswith("crate.toml:5: floes is unknown")


def test_a_retired_provider_is_checked_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, "--check", "xero") == "xero: the file fits the model; level verified\n"


@pytest.mark.parametrize(
    ("alias", "message"),
    [
        ("box", "crate: the alias 'box' is the name of another provider"),
        ("chest", "the alias 'chest' belongs to another"),
    ],
)
def test_a_check_of_aliases(capsys: pytest.CaptureFixture[str], write: Write, alias: str, message: str) -> None:
    write("box", SMALLEST)
    write("crate", SMALLEST.replace("flows", f'aliases = ["{alias}"]\nflows', 1))
    write("trunk", SMALLEST.replace("flows", 'aliases = ["chest"]\nflows', 1))
    assert message in output(capsys, "--check", "crate", status=1)


def test_a_check_of_dates(capsys: pytest.CaptureFixture[str], write: Write) -> None:
    write("box", SMALLEST.replace('"2026-11"', '"2999-11"'))
    assert output(capsys, "--check", "box", status=1) == "box: status_as_of is 2999-11, which is in the future\n"
