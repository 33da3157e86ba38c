"""``oauthone providers``."""

import json

import pytest

from oauthone import providers

from ..conftest import Run


@pytest.mark.parametrize("words", [["providers"], ["providers", "list"]])
def test_all_providers_are_listed(run: Run, words: list[str]) -> None:
    listed = run(*words)
    assert (listed.exit_code, listed.stderr) == (0, "")
    assert [line.split()[0] for line in listed.stdout.splitlines()] == providers.names()
    found = json.loads(run(*words, "--json").stdout)
    assert [one["id"] for one in found["providers"]] == providers.names()


@pytest.mark.parametrize("words", [["providers", "--retired"], ["providers", "list", "--retired"]])
def test_the_retired_are_listed_on_demand(run: Run, words: list[str]) -> None:
    assert [line.split()[0] for line in run(*words).stdout.splitlines()] == providers.names(retired=True)


def test_one_provider_is_shown(run: Run) -> None:
    shown = run("providers", "show", "twitter")
    assert 'name = "X (Twitter)"' in shown.stdout
    found = json.loads(run("providers", "show", "twitter", "--json").stdout)["provider"]
    assert found["temporary_credentials"]["url"] == "https://api.x.com/oauth/request_token"
    assert found["level"] == providers.get("x").level

    assert run("providers", "twitter").stdout == shown.stdout
    assert run("providers", "twitter", "--json").exit_code == 0


@pytest.mark.parametrize("words", [["show", "discog"], ["discog"]])
def test_an_unknown_provider_is_an_error(run: Run, words: list[str]) -> None:
    failed = run("providers", *words)
    assert (failed.exit_code, failed.stdout) == (2, "")
    assert failed.stderr.startswith("oauthone: There is no provider 'discog' in the catalogue: did you mean 'discogs'")
    assert "\n" not in run("providers", "qqq").stderr.rstrip().removesuffix(": oauthone providers lists them")
    assert run("providers", "--nothing").exit_code == 2
