"""Each command prints with ``--json`` what the schema says, whether it succeeds or fails."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from oauthone.cli.output import CommandError, Exit
from oauthone.inspector import serving
from oauthone.testing import ProviderBox
from oauthone.testing.terminal import ready_event, request_event

from ..conftest import Run
from ..shapes import SCHEMA, check_object, check_output, command_names, name_of, validator

KEYS = ("--client-id", "id", "--client-secret", "env:SECRET")
PASTED = "GET /a HTTP/1.1\nHost: a.example\nAuthorization: OAuth oauth_consumer_key=id, oauth_signature=a\n\n"
#: For each command, the words with which it succeeds, and what it reads; they run in this order.
SUCCESSES: dict[str, list[tuple[tuple[str, ...], str]]] = {
    "login": [(("login", "-p", "new", "--have-token", "--token", "t", "--token-secret", "env:SECRET", *KEYS,
                "--store", "file", "--request-token-url", "{origin}/r", "--authorize-url", "{origin}/a",
                "--access-token-url", "{origin}/t"), "")],
    "whoami": [(("whoami", "--local"), "")],
    "request": [(("request", "/echo"), ""), (("request", "/echo", "--dry-run"), "")],
    **{name: [((name, "/echo"), "")] for name in ("get", "post", "put", "patch", "delete", "head")},
    "sign": [(("sign", "GET", "/a"), ""), (("sign", "POST", "/a", "-d", "a=b", "--as", "curl"), "")],
    "explain": [(("explain", "GET", "/a"), ""), (("explain", "GET", "/a", "--base-string"), ""),
                (("explain", "-"), PASTED)],
    "verify": [],
    "inspect": [(("inspect",), "")],
    "serve": [(("serve", "--env"), "")],
    "doctor": [(("doctor", "--offline"), "")],
    "providers": [(("providers",), "")],
    "providers-list": [(("providers", "list"), ""), (("providers", "list", "--retired"), "")],
    "providers-show": [(("providers", "show", "discogs"), "")],
    "keygen": [(("keygen", "key.pem"), ""), (("keygen", "key.pem", "--check"), "")],
    "completion": [(("completion", "bash"), "")],
    "import": [(("import", "env", "-", "-p", "other", "--store", "file"), "CONSUMER_KEY=a\nCONSUMER_SECRET=b\n"),
               (("import", "curl", "-"), "curl https://a.example/")],
    "profiles": [(("profiles",), "")],
    "profiles-list": [(("profiles", "list"), "")],
    "profiles-show": [(("profiles", "show"), ""), (("profiles", "show", "box", "--reveal"), "")],
    "profiles-set": [(("profiles", "set", "other", "realm=r", "origins+=https://a.example"), "")],
    "profiles-use": [(("profiles", "use", "other"), "")],
    "profiles-path": [(("profiles", "path"), "")],
    "profiles-rename": [(("profiles", "rename", "other", "another"), "")],
    "profiles-remove": [(("profiles", "remove", "another"), "")],
    "logout": [(("logout", "-p", "box"), "")],
    "renew": [],
}  # fmt: skip
#: Those that succeed elsewhere: `renew` at a provider that has it, `verify` with the credentials of a request.
ELSEWHERE = {"renew", "verify"}


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> None:
    def run_inspector(*, ready: Callable[[str], None], **_: Any) -> int:
        ready("http://127.0.0.1:8501/#token")
        return 0

    monkeypatch.setattr(serving, "run_inspector", run_inspector)


@pytest.mark.usefixtures("profile", "pages")
def test_success(run: Run, box: ProviderBox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fixture `run` compares with the schema."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECRET", "s")
    for name, runs in SUCCESSES.items():
        for words, text in runs:
            filled = [word.format(origin=box.origin) for word in words]
            done = run(*filled, "--json", text=text)
            found = json.loads(done.stdout)
            assert (name_of(filled), found["v"]) == (name, 1)
            assert done.exit_code in (0, 9), done.output
            assert found.get("ok", True) is (done.exit_code == 0)
            assert "error" not in found


@pytest.mark.parametrize("name", command_names())
def test_failure(run: Run, name: str) -> None:
    """With an option that there is none of; the group itself takes the common options."""
    failed = run(*name.split("-"), "--no-such-option", "--json")
    assert failed.exit_code == 2
    check_object("failure", json.loads(failed.stdout))


def test_each_command_has_a_shape_and_an_example() -> None:
    assert set(SUCCESSES) == set(command_names())
    for name in command_names():
        assert validator(name)
        assert SUCCESSES[name] or name in ELSEWHERE


def test_the_events_of_the_box(run: Run, box: ProviderBox, profile: str) -> None:
    assert run("get", "/echo").exit_code == 0
    tokens = {method: box.issue_token(client) for method, client in box.clients.items()}
    check_object("serve", ready_event(box, "http://127.0.0.1:1/", tokens, "key.pem"))
    check_object("serve", request_event(box.requests[-1]))


def test_the_schema_is_one() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert {one["$ref"] for one in schema["anyOf"]} == {f"#/$defs/{name}" for name in command_names()}
    Draft202012Validator(schema).validate({"v": 1, "ok": True, "path": "a", "of a later version": 1})


@pytest.mark.parametrize(
    "stdout",
    ["", "{}", '{"v": 1, "ok": true}', '{"v": 1, "ok": true, "path": 5}', '{"v": 1, "ok": true, "path": "a", "b": 1}'],
)
def test_another_shape_is_noticed(stdout: str) -> None:
    check_output(["profiles", "path", "--json"], '{"v": 1, "ok": true, "path": "a"}')
    check_output(["profiles", "path"], stdout)
    with pytest.raises((ValidationError, AssertionError)):
        check_output(["--json", "profiles", "path"], stdout)


def test_a_token_that_was_rescued_is_named(context: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from oauthone.cli.output import report

    report(CommandError(Exit.NO_CREDENTIALS, "a", rescued="file"), as_json=True)
    check_output(["login", "--json"], capsys.readouterr().out)
