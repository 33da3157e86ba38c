"""The last refused request, for an hour."""

import time
from pathlib import Path

import pytest

from oauthone.cli.last_refusal import keep_last, load_last
from oauthone.cli.output import CommandError
from oauthone.diagnosis import Diagnosis

FORM = [("Content-Type", "application/x-www-form-urlencoded")]
JSON = [("Content-Type", "application/json")]
FOUND = Diagnosis("mistake", ("a", "b"), "It is so.", "client", "a proof", "an advice")


def test_the_request_comes_back(home: Path) -> None:
    with pytest.raises(CommandError, match="within the last hour"):
        load_last()
    keep_last("POST", "https://api.example/", FORM, b"\xff", (401, [("Y", "2")], b"\xfe"), FOUND)
    evidence, answer, found, profile = load_last()
    assert found is None
    assert profile is None
    assert evidence == ("POST", "https://api.example/", tuple(FORM), b"\xff")
    assert answer == (401, [["Y", "2"]], b"\xfe")
    keep_last("GET", "https://api.example/", [], None, (403, [], b""), FOUND, "one")
    assert load_last()[0].body is ...
    assert load_last()[3] == "one"


def test_a_long_body_is_not_kept_in_part(home: Path) -> None:
    """Its signature would look wrong."""
    for length, kept in ((16 * 1024, True), (16 * 1024 + 1, False)):
        keep_last("POST", "https://api.example/", [], b"x" * length, (401, [], b""), FOUND)
        assert (load_last()[0].body is not ...) is kept


def test_a_home_that_is_read_only_is_a_warning(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("OAUTHONE_HOME", str(tmp_path / "file" / "below"))
    keep_last("GET", "https://api.example/", [], b"", (401, [], b""), FOUND)
    assert "warning: " in capsys.readouterr().err


def test_it_is_forgotten_after_an_hour(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_last("GET", "https://api.example/", [], b"", (401, [], b""), FOUND)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    with pytest.raises(CommandError, match="within the last hour"):
        load_last()
    assert not [*home.rglob("last-*")]


def test_what_only_a_browser_needs_is_not_kept(home: Path) -> None:
    """No diagnosis reads it."""
    given = [("Cookie", "hidden"), ("Authorization", "Basic hidden"), ("X-Api-Key", "hidden"), ("Accept", "a/b")]
    keep_last("GET", "https://api.example/", given, b"", (401, [("Set-Cookie", "hidden"), ("Date", "now")], b""), FOUND)
    evidence, answer, found, _ = load_last()
    assert "hidden" not in f"{evidence}{answer}"
    assert found == FOUND
    assert evidence.headers[1::2] == (("Authorization", "Basic ***"), ("Accept", "a/b"))
    assert answer[1] == [["Set-Cookie", "***"], ["Date", "now"]]


@pytest.mark.parametrize(
    ("url", "headers", "body"),
    [
        ("https://api.example/?a=1&token=hidden", [], b""),
        ("https://api.example/", FORM, b"a=1&password=hidden"),
        ("https://api.example/", JSON, b'{"password": "hidden"}'),
        (
            "https://api.example/",
            [("Authorization", 'OAuth oauth_signature_method="PLAINTEXT", oauth_signature="hidden"')],
            b"",
        ),
    ],
    ids=["query", "form", "json", "plaintext"],
)
def test_what_is_masked_has_its_diagnosis_beside_it(
    home: Path, url: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    keep_last("POST", url, headers, body, (401, [], b"it was hidden"), FOUND)
    assert "hidden" not in "".join(path.read_text() for path in home.rglob("last-*"))
    evidence, answer, found, _ = load_last()
    assert (found, answer) == (FOUND, (401, [], b""))
    assert len(evidence.body or b"") <= len(body)


@pytest.mark.parametrize("body", [b"", b"a=1&b=2"])
def test_what_has_no_secret_is_diagnosed_later(home: Path, body: bytes) -> None:
    url, headers = (
        "https://api.example/?a=1",
        [*FORM, ("Authorization", 'OAuth oauth_signature="abc"'), ("Cookie", "a")],
    )
    keep_last("POST", url, headers, body, (401, [], b"said"), FOUND)
    evidence, answer, found, _ = load_last()
    assert (evidence.url, evidence.body, answer[2], found) == (url, body, b"said", None)


def test_a_password_in_the_url_is_not_kept(home: Path) -> None:
    keep_last("GET", "https://user:hidden@api.example/a@b?c=d", [], b"", (401, [], b"said"), FOUND)
    evidence, answer, found, _ = load_last()
    assert (evidence.url, answer[2], found) == ("https://api.example/a@b?c=d", b"said", None)
    assert "hidden" not in (home / "state" / "last-refusal.json").read_text("utf-8")
