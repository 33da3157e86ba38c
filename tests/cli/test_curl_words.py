"""What somebody pastes who has a line of curl: what is taken, and what the error says to write instead."""

import json
import re

import pytest

from oauthone.cli.commands.request import commands
from oauthone.testing import ProviderBox

from .conftest import Run

pytestmark = pytest.mark.usefixtures("profile")


@pytest.mark.parametrize("flags", [["-s"], ["-sS"], ["--silent", "--show-error"], ["--compressed"], ["--http1.1"]])
def test_flags_that_change_nothing_are_taken(run: Run, box: ProviderBox, flags: list[str]) -> None:
    sent = run("request", *flags, "/echo?q=1")
    assert (sent.exit_code, json.loads(sent.stdout)["query"]) == (0, [["q", "1"]])


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["-k"], "--cacert FILE"),
        (["--insecure"], "--cacert FILE"),
        (["-u", "canary:canary"], "OAuth signature replaces it"),
        (["-ucanary:canary"], "OAuth signature replaces it"),
        (["--user=canary:canary"], "OAuth signature replaces it"),
        (["-b", "a=canary"], "-H 'Cookie: NAME=VALUE'"),
        (["-sf"], "the exit status is 4"),
        (["-w", "%{http_code}"], "--print LETTERS"),
        (["-#"], "Leave it out"),
        (["--url", "http://a.example"], "The URL stands alone"),
        (["--haeder", "X: 1"], "Did you mean"),
    ],
)
def test_the_error_says_what_to_write_instead(run: Run, box: ProviderBox, flags: list[str], said: str) -> None:
    refused = run("request", *flags, "/echo")
    assert (refused.exit_code, refused.stdout, box.requests) == (2, "", [])
    assert said in " ".join(refused.stderr.split())
    assert re.search(r"Of curl's flags there are .*-d, .*-H, .*-X", refused.stderr.replace("\n", " "))
    assert "canary" not in refused.stderr


def test_the_list_has_what_the_command_takes(run: Run) -> None:
    """``sign`` sends nothing, so it has no ``-o``; ours are none of curl's."""
    listed = run("sign", "-k", "GET", "/").stderr.rpartition("there are ")[2].replace(",", "").split()
    assert {"-d", "-H", "-G", "-A", "--json-data"} <= {*listed}
    assert not {"-o", "-p", "-q", "-v", "-h", "--json"} & {*listed}
    known = {name for one in commands["request"].params for name in one.opts}
    assert {*run("request", "-k", "/").stderr.rpartition("there are ")[2].replace(",", "").split()} <= known


@pytest.mark.parametrize("words", [["request", "http://a.example"], ["post", "/echo"], ["sign", "POST", "/echo"]])
@pytest.mark.parametrize("body", ['{"a": 1}', "[1]", '"text"', "@body.json"])
def test_json_of_curl_has_another_name(run: Run, box: ProviderBox, words: list[str], body: str) -> None:
    refused = run(*words, "--json", body)
    assert (refused.exit_code, box.requests) == (2, [])
    assert "--json-data" in json.loads(refused.stdout)["error"]["hint"]


def test_json_of_ours_may_stand_anywhere(run: Run, box: ProviderBox) -> None:
    assert json.loads(run("request", "--json", "POST", "/echo", "--json-data", "{}").stdout)["status"] == 200
