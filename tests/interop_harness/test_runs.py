"""A library walks in a process of its own, over requests-oauthlib and over ours, against a provider with its hosts."""

import os
from pathlib import Path

import pytest

from interop import comparison, runs

LIBRARY = """
import requests, requests_oauthlib
from interop.routes import flow, resource
from interop.walk import attempt

ROUTES = [*flow("api.example", "/request_token", "/authorize", "/access_token"), resource("api.example", "/photos")]
FRESH = r"fresh-\\w+"
OURS = hasattr(requests_oauthlib, "__oauthone__")

def walk(provider):
    client = provider.client
    session = requests_oauthlib.OAuth1Session(client.client_id, client.client_secret, callback_uri="https://app.example/")
    session.fetch_request_token("https://api.example/request_token")
    url = session.authorization_url("https://api.example/authorize")
    yield "authorization URL", url
    session.parse_authorization_response(provider.visit(url))
    yield "token", session.fetch_access_token("https://api.example/access_token")
    yield "photos", session.post("https://api.example/photos?q=a", data={{"b": "é"}}, headers={headers}).json()
    session.auth.client.client_secret = "wrong"
    yield "wrong secret", session.get("https://api.example/photos").status_code
    yield "another host", attempt(lambda: requests.get("http://other.example/")).partition(":")[0]
    {more}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a package ``planted``, which processes find."""
    (tmp_path / "planted").mkdir()
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    return tmp_path / "planted"


def both(folder: Path, headers: str = "{}", more: str = "") -> tuple[runs.Run, runs.Run]:
    (folder / "library.py").write_text(LIBRARY.format(headers=headers, more=more), "utf-8")
    return runs.run("planted.library", "theirs"), runs.run("planted.library", "ours")


def test_a_library_that_uses_requests_oauthlib_is_the_same_over_both(folder: Path) -> None:
    """Another host is out of reach, and a wrong signature is refused, in both runs."""
    headers = "{'X-Fresh': f'fresh-{OURS}'}"

    theirs, ours = both(folder, headers)

    assert comparison.failures(theirs, ours, {}) == []
    assert (theirs.over, ours.over) == ("theirs", "ours")
    assert theirs.verified == ours.verified == 3
    assert ours.recorded[-1].verdict.startswith("refused: 401 signature_invalid")
    assert dict(ours.returned)["another host"] == "ConnectionError"
    assert {one.url.partition("?")[0] for one in ours.recorded} == {
        f"https://api.example/{path}" for path in ("request_token", "authorize", "access_token", "photos")
    }


def test_a_planted_difference_is_found(folder: Path) -> None:
    theirs, ours = both(
        folder, "{'X-Planted': str(OURS)}", 'yield "ours", OURS; requests.get("https://api.example/gone")'
    )

    assert [one.where for one in comparison.differences(theirs, ours)] == [
        "returned: ours",
        "request 4, header x-planted",
    ]
    assert "over ours: no route for GET https://api.example/gone" in comparison.failures(theirs, ours, {})


def test_a_walk_that_fails_is_a_failure(folder: Path) -> None:
    theirs, ours = both(folder, more="raise RuntimeError('planted')")

    assert "RuntimeError: planted" in comparison.failures(theirs, ours, {})[0]
    assert dict(ours.returned) == {}


def test_a_process_that_ends_early_is_a_failure(folder: Path) -> None:
    (folder / "library.py").write_text("raise RuntimeError('planted')", "utf-8")

    run = runs.run("planted.library", "theirs")

    assert "RuntimeError: planted" in run.problems("theirs")[0]
