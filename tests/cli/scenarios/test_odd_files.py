"""A file of settings, or one to import, with odd values: each is an error in one line that names it."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oauthone.cli import profiles
from oauthone.cli.profiles import Profile

from ..conftest import Run

#: Any value that TOML and JSON share, and the strings that settings may be mistaken for.
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
        st.sampled_from(["http://[", "x", "-", "file", "GET", "..", "https://api.example", "HMAC-SHA1", "\0", "{{a}}"]),
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "key", "value", "raw"]), inner, max_size=3)
    ),
    max_leaves=5,
)
many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def toml(value: Any) -> str:
    """Write a value of TOML; its strings are those of JSON, but for DEL."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {toml(one)}' for key, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def expect_one_line(run: Run, *words: str, text: str = "", names: tuple[str, ...] = ()) -> None:
    """Run a command, which ends well or says in one line, and a hint, what is wrong."""
    done = run(*words, text=text)
    assert done.exit_code in (0, 2, 8), (words, text, done.output)
    assert "report it" not in done.stderr
    if names and done.exit_code:
        first = done.stderr.splitlines()[0]
        assert all(name in first for name in names), (first, names)


@many
@given(st.sampled_from(["profile", "store", "other"]), VALUES)
def test_the_own_settings(run: Run, home: Path, key: str, value: Any) -> None:
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(f"{key} = {toml(value)}\n", "utf-8")
    fits = isinstance(value, str) and key != "other"
    expect_one_line(run, "whoami", "--local", names=() if fits else ("config.toml", repr(key)))
    expect_one_line(run, "profiles")


@many
@given(st.sampled_from([*Profile._fields, "other"]), VALUES)
@pytest.mark.usefixtures("profile")
def test_a_profile(run: Run, key: str, value: Any) -> None:
    path = profiles.path_of("odd")
    table = {"client_id": "a", "store": "file", "base_url": "https://api.example", key: value}
    path.write_text("".join(f"{name} = {toml(one)}\n" for name, one in table.items()), "utf-8")
    names = () if isinstance(value, str | list) and key in Profile._fields else ("odd.toml", repr(key))
    expect_one_line(run, "profiles", "show", "odd", names=names)
    run(
        "import",
        "rescued",
        "-",
        "--store",
        "file",
        text=json.dumps({"profile": "odd", "token": "a", "token_secret": "b", "client_secret": "c"}),
    )
    for words in (("whoami", "--local"), ("sign", "GET", "/a"), ("get", "/a", "--dry-run"), ("doctor", "--offline")):
        if words[0] != "doctor":
            expect_one_line(run, *words, "-p", "odd")
        else:
            assert run(*words, "-p", "odd").exit_code in (0, 9)
    assert run("profiles").exit_code == 0


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = 2026-99-99", "a = 1\na = 2", "\x00"])
def test_what_is_no_toml(run: Run, home: Path, text: str) -> None:
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(text)
    failed = run("whoami", "--local")
    assert failed.exit_code == 2
    assert failed.stderr.startswith("oauthone: ")
    assert "config.toml cannot be read: " in failed.stderr
    assert failed.stderr.count("\n") == 1


RESCUED: dict[str, Any] = {
    "profile": "one",
    "token": "a",
    "token_secret": "b",
    "client_secret": "c",
    "settings": {"client_id": "d"},
}


@many
@given(st.sampled_from([*RESCUED]), VALUES, st.none() | st.sampled_from([*Profile._fields, "other"]))
def test_a_rescued_token(run: Run, key: str, value: Any, setting: str | None) -> None:
    found = {**RESCUED, "settings": {setting: value}} if setting else {**RESCUED, key: value}
    names = ("stdin", key) if not setting and key != "settings" and not isinstance(value, str) else ()
    expect_one_line(run, "import", "rescued", "-", "--dry-run", text=json.dumps(found), names=names)


HAR: dict[str, Any] = {"log": {"entries": [{"request": {
    "method": "GET", "url": "https://a.example/?oauth_signature=a",
    "headers": [{"name": "A", "value": "b"}], "postData": {"text": "a", "params": [{"name": "a", "value": "b"}]},
}}]}}  # fmt: skip
POSTMAN: dict[str, Any] = {"info": {"name": "a"}, "item": [{"name": "b", "request": {
    "method": "GET", "url": {"raw": "https://a.example"}, "header": [{"key": "a", "value": "b"}],
    "body": {"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "b"}], "raw": "a"},
    "auth": {"type": "oauth1", "oauth1": [{"key": "consumerKey", "value": "k"}]},
}}]}  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of each value in a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, one in inner for found in places(one, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], to: Any) -> Any:
    """Return a value with another one at a path."""
    if not path:
        return to
    copy = value.copy()
    copy[path[0]] = changed(value[path[0]], path[1:], to)
    return copy


@many
@given(st.sampled_from(places(HAR)), VALUES | st.none())
def test_a_har_file(run: Run, path: tuple[Any, ...], value: Any) -> None:
    expect_one_line(run, "import", "har", "-", text=json.dumps(changed(HAR, path, value)))


@many
@given(st.sampled_from(places(POSTMAN)), VALUES | st.none())
def test_a_postman_collection(run: Run, path: tuple[Any, ...], value: Any) -> None:
    expect_one_line(run, "import", "postman", "-", "--dry-run", text=json.dumps(changed(POSTMAN, path, value)))


@pytest.mark.parametrize("kind", ["har", "postman", "rescued"])
@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, '{"item":[' * 5000, "5", "null", "\x00"])
def test_what_is_no_file_to_import(run: Run, kind: str, text: str) -> None:
    failed = run("import", kind, "-", text=text)
    assert failed.exit_code == 2
    assert failed.stderr.startswith("oauthone: stdin is not a")
    assert failed.stderr.count("\n") == 1
