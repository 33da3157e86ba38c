"""Where secrets come from, and how a person is asked."""

import os
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from oauthone.cli.options import BARE_SECRET, IdentifierSource, SecretSource, ask, common_options, signing_options
from oauthone.cli.output import Common

CANARY = "canary-6f1e"


@click.command()
@click.option("--one", type=SecretSource())
@click.option("--two", type=SecretSource())
@click.option("--name", type=IdentifierSource())
@common_options
@click.pass_context
def probe(context: click.Context, one: str | None, two: str | None, name: str | None) -> None:
    click.echo(repr((one, two)) if name is None else name)


def run(*words: str, text: str | None = None) -> tuple[int, str, str]:
    done = CliRunner().invoke(probe, words, input=text, obj=Common())
    return done.exit_code, done.stdout, done.stderr


def test_a_secret_comes_from_stdin_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.txt"
    path.write_bytes(b"from file\r\n")
    path.chmod(0o600)
    monkeypatch.setenv("MINE", "from environment")
    assert run("--one", "-", text="one line\nanother\n") == (0, "('one line', None)\n", "")
    assert run("--one", f"@{path}", "--two", "env:MINE") == (0, "('from file', 'from environment')\n", "")


def test_an_identifier_comes_from_there_too_or_stands_for_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "id").write_text("from file\n")
    (tmp_path / "id").chmod(0o644)
    monkeypatch.setenv("MINE", "from environment")
    assert run("--name", "abc:123") == (0, "abc:123\n", "")
    assert run("--name", f"@{tmp_path / 'id'}") == (0, "from file\n", "")
    assert run("--name", "env:MINE") == (0, "from environment\n", "")
    assert run("--name", "-", text="a line\n") == (0, "a line\n", "")
    assert run("--name", "env:NOT_THERE")[0] == 2
    assert run("--name", "-", "--one", "-", text="a\nb\n")[0] == 2


def test_a_bare_secret_is_refused_and_not_repeated() -> None:
    status, stdout, stderr = run("--one", CANARY)
    assert (status, stdout) == (2, "")
    assert CANARY not in stderr
    assert BARE_SECRET.split(".")[0] in stderr


@pytest.mark.parametrize(
    ("words", "text", "said"),
    [
        (["--one", "-", "--two", "-"], "a\nb\n", "Only one option can read stdin."),
        (["--one", "-"], "", "stdin is empty."),
        (["--one", "env:NOT_THERE"], None, "has no variable NOT_THERE."),
        (["--one", f"env:{CANARY}"], None, "has no variable of the name after env:"),
        (["--one", "@/not/there"], None, "cannot be read: No such file"),
        (["--one", "@"], None, "A secret on the command line"),
    ],
)
def test_a_source_without_a_secret_is_an_error(words: list[str], text: str | None, said: str) -> None:
    status, _, stderr = run(*words, text=text)
    assert status == 2
    assert said in " ".join(stderr.split())
    assert CANARY not in stderr


def test_a_file_of_windows_has_marks_that_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "it"
    path.write_bytes(b"\xef\xbb\xbffrom file\r\n")
    path.chmod(0o600)
    assert run("--one", f"@{path}") == (0, "('from file', None)\n", "")
    assert run("--one", "-", text="\ufefffrom stdin\r\n") == (0, "('from stdin', None)\n", "")


def test_a_file_that_is_not_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "it").write_bytes(b"\xff")
    status, _, stderr = run("--one", f"@{tmp_path / 'it'}")
    assert status == 2
    assert "UTF-8" in stderr


@pytest.mark.skipif(os.name != "posix", reason="modes mean nothing there")
def test_a_file_that_others_can_read_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("it")
    path.chmod(0o644)
    assert run("--one", f"@{path}") == (0, "('it', None)\n", f"warning: others can read {path}: chmod 600 {path}\n")


def test_white_space_at_an_end_is_a_warning() -> None:
    status, stdout, stderr = run("--one", "-", text=" it \n")
    assert (status, stdout) == (0, "(' it ', None)\n")
    assert "white space" in stderr


def test_a_person_is_asked_without_an_echo(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(Common, "asks", True)
    asked: list[dict[str, object]] = []
    monkeypatch.setattr(click, "prompt", lambda question, **options: asked.append({"q": question, **options}) or "it ")
    with click.Context(probe, obj=Common()):
        assert ask("Secret (not shown)", hidden=True, missing="") == "it "
        assert ask("Key", missing="") == "it"
    assert [(one["q"], one["hide_input"], one["err"]) for one in asked] == [
        ("Secret (not shown)", True, True),
        ("Key", False, True),
    ]
    assert capsys.readouterr().err.startswith("warning: the secret begins or ends in white space")


def test_without_a_terminal_nobody_is_asked() -> None:
    with click.Context(probe, obj=Common()), pytest.raises(click.UsageError, match="the key is missing"):
        ask("Key", missing="the key is missing")


def test_common_options_stand_on_both_sides_and_the_later_wins() -> None:
    seen: list[Common] = []

    @click.group()
    @common_options
    def group() -> None: ...

    @group.command()
    @common_options
    @click.pass_context
    def inner(context: click.Context) -> None:
        seen.append(context.find_root().obj)

    for words in (
        ["-p", "a", "--json", "inner"],
        ["inner", "-p", "a", "--json"],
        ["-p", "b", "inner", "-p", "a", "--json"],
    ):
        assert CliRunner().invoke(group, words, obj=Common()).exit_code == 0
    assert [(one.profile, one.json) for one in seen] == [("a", True)] * 3


def test_signing_options_take_each_value() -> None:
    seen: list[dict[str, object]] = []

    @click.command()
    @signing_options
    def it(**values: object) -> None:
        seen.append(values)

    assert (
        CliRunner().invoke(it, ["--client-id", "a", "--method", "hmac-sha256", "--placement", "query"]).exit_code == 0
    )
    assert seen[0]["method"] == "HMAC-SHA256"
    assert CliRunner().invoke(it, ["--client-secret", CANARY]).exit_code == 2
