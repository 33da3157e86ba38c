"""Each error of the library and of the network has words and an exit status."""

import pytest
import requests

from oauthone.cli.failures import explain
from oauthone.errors import (
    AccessDenied,
    ConfigurationError,
    FlowError,
    SigningError,
    StoreError,
    TokenResponseError,
    missing_library,
)


@pytest.mark.parametrize(
    ("failure", "status", "word"),
    [
        (AccessDenied("access_denied", "no"), 7, "Nothing was saved"),
        (FlowError("missing_token", "none"), 7, "missing_token: none"),
        (missing_library("requests", "requests"), 2, "pip install"),
        (ConfigurationError("no such provider"), 2, "no such provider"),
        (SigningError("not absolute"), 2, "not absolute"),
        (StoreError("full"), 7, "full"),
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
