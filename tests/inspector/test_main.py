"""``python -m oauthone.inspector``: its options."""

import socket
from typing import Any

import pytest

from oauthone.inspector import __main__ as program
from oauthone.testing.private_page import open_in_browser


@pytest.mark.parametrize(
    ("arguments", "options"),
    [([], {"port": 0, "browser": open_in_browser}), (["--port", "8501", "--no-open"], {"port": 8501, "browser": None})],
)
def test_the_options_reach_the_page(
    arguments: list[str], options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    run: list[dict[str, Any]] = []
    monkeypatch.setattr(program, "run_inspector", lambda **given: run.append(given) or 0)
    assert program.main(arguments) == 0
    assert run == [options]


@pytest.mark.parametrize("port", ["taken", "70000"])
def test_a_port_that_cannot_be_used_is_one_line(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1] if port == "taken" else port
        assert program.main(["--port", str(number)]) == 6
    said = capsys.readouterr().err
    assert f"cannot listen on the port {number}: " in said
    assert len(said.splitlines()) == 1


def test_a_wrong_option_is_an_error_of_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        program.main(["--no-ope"])
    assert ended.value.code == 2
