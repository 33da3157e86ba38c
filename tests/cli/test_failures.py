"""Each error of the library and of the network has words and an exit status."""

import os
import socket
from collections.abc import Generator
from typing import Any

import pytest
import requests

from oauthone.cli.failures import explain, in_words
from oauthone.cli.output import CommandError, Exit
from oauthone.errors import (
    AccessDenied,
    ConfigurationError,
    FlowError,
    SigningError,
    StoreError,
    TokenResponseError,
    missing_library,
)
from oauthone.providers._errors import UnknownProvider
from oauthone.testing import ProviderBox


@pytest.mark.parametrize(
    ("failure", "status", "word"),
    [
        (AccessDenied("access_denied", "no"), 7, "Nothing was saved"),
        (FlowError("missing_token", "none"), 7, "missing_token: none"),
        (missing_library("requests", "requests"), 2, "pip install"),
        (ConfigurationError("no such provider"), 2, "No such provider"),
        (ConfigurationError("client_id is empty"), 2, "client_id is empty"),
        (ConfigurationError(""), 2, ""),
        (UnknownProvider("qqq"), 2, "There is no provider 'qqq' in the catalogue: oauthone providers lists them"),
        (
            UnknownProvider("flikr", ["flickr"]),
            2,
            "There is no provider 'flikr' in the catalogue: did you mean 'flickr'",
        ),
        (SigningError("not absolute"), 2, "Not absolute"),
        (StoreError("full"), 7, "full"),
        (requests.exceptions.InvalidHeader("in header value: 'a secret'"), 2, "A header has a line end"),
        (requests.ConnectionError("no route"), 6, "no route"),
        (OSError(28, "No space left on device", "/x"), 2, "/x: No space left"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_is_explained(failure: Exception, status: int, word: str) -> None:
    found = explain(failure)
    assert found is not None
    assert found.exit_status == status
    assert word in found.message
    assert "secret" not in found.message


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (CommandError(Exit.USAGE, "It is so."), "It is so."),
        (requests.ConnectionError("no route"), "no route."),
        (KeyError("a"), "'a'"),
        (ValueError(), "ValueError"),
    ],
)
def test_a_warning_has_words(failure: Exception, words: str) -> None:
    assert in_words(failure) == words


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().endswith(("_PROXY", "_BUNDLE"))]:
        monkeypatch.delenv(name)


def failure_of(url: str, **options: Any) -> Exception:
    with pytest.raises(requests.RequestException) as failed:
        requests.get(url, **{"timeout": 5, **options})
    return failed.value


@pytest.mark.usefixtures("no_proxies")
def test_a_host_and_a_cause_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real errors of requests; none of its objects is in the words."""
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.create_server(("127.0.0.1", 0)) as closed:
        port, free = silent.getsockname()[1], closed.getsockname()[1]
        closed.close()
        late = explain(failure_of(f"http://127.0.0.1:{port}/", timeout=0.05))
        gone = explain(failure_of(f"http://u:p@127.0.0.1:{free}/a"))
        tls = explain(failure_of(f"https://127.0.0.1:{port}/", timeout=0.05))
        proxy = explain(failure_of("http://api.example/", proxies={"http": f"http://127.0.0.1:{free}"}))
    name = explain(failure_of("https://nobody.invalid/"))
    assert [found and (found.exit_status, found.message) for found in (late, gone, name)] == [
        (6, f"127.0.0.1:{port}: no answer within the time that was given (--max-time)."),
        (6, f"127.0.0.1:{free}: Connection refused."),
        (6, "nobody.invalid: no address is known for this name."),
    ]
    assert tls is not None
    assert tls.exit_status == 6
    assert proxy is not None
    assert proxy.message == "api.example: through the proxy, Connection refused."
    assert proxy.hint == "Check the address and the network."
    monkeypatch.setenv("https_proxy", "http://user:secret@proxy.example:3128")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/mine.pem")
    told = explain(requests.ConnectionError())
    assert told is not None
    assert told.message == "ConnectionError."
    assert told.hint == (
        "Check the address and the network; HTTPS_PROXY is proxy.example:3128, REQUESTS_CA_BUNDLE is /etc/mine.pem."
    )


def test_a_certificate_that_does_not_hold_is_said(one_box_with_tls: ProviderBox) -> None:
    found = explain(failure_of(one_box_with_tls.echo_url))
    assert found is not None
    assert found.message.partition(": ")[2].startswith("TLS: ")
    assert "certificate" in found.message


def test_an_address_that_is_none_is_a_mistake_of_the_command() -> None:
    found = explain(failure_of("nothing://a"))
    assert found is not None
    assert found.exit_status == 2


@pytest.fixture(scope="module")
def one_box_with_tls() -> Generator[ProviderBox, None, None]:
    with ProviderBox(tls=True) as box:
        yield box


def test_a_refused_leg_brings_its_diagnosis() -> None:
    class Diagnosis:
        def line(self) -> str:
            return "The client secret does not fit."

    failure = TokenResponseError("token_rejected", "no", status=401)
    failure._diagnosis = Diagnosis()
    found = explain(failure)
    assert found is not None
    assert (found.code, found.hint) == ("token_rejected", "The client secret does not fit.")


def test_a_mistake_of_this_program_is_not_explained_away() -> None:
    assert explain(KeyError("x")) is None
    assert explain(ModuleNotFoundError("No module named 'x'")) is None
