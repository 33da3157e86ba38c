"""Calls of a store that is down, and what its errors may show."""

import traceback
from typing import Any

import pytest

from oauthone.errors import StoreError
from oauthone.server import Client, IssuedToken, PendingAuthorization

from ..setting import NOW
from .backends import Opened

SECRET = "canary-secret"
CALLS: list[tuple[str, tuple[Any, ...]]] = [
    ("add_client", (Client.create("c", SECRET),)),
    ("remove_client", ("c",)),
    ("find_client", ("c",)),
    ("find_credentials", ("c", None)),
    ("find_credentials", ("c", "t")),
    ("use_nonce", ("c", "t", NOW, "n")),
    ("save_pending", (PendingAuthorization("t", SECRET, "c", None, NOW + 600),)),
    ("approve_pending", ("t", SECRET, "ann", {})),
    ("find_pending", ("t",)),
    ("take_pending", ("t",)),
    ("count_verifier_attempt", ("t",)),
    ("save_token", (IssuedToken("t", SECRET, "c"),)),
    ("revoke_token", ("t",)),
    ("tokens_of", ("ann",)),
    ("revoke_all_of", ("ann",)),
    ("check", ()),
]


def assert_hides(error: BaseException) -> None:
    """Assert that the error, its causes, and the values that a traceback shows outside of tests contain no secret."""
    told = "".join(traceback.format_exception(error))
    assert error.__context__ is None or error.__suppress_context__
    cause: BaseException | None = error
    while cause is not None:
        told += f"{cause} {cause!r} {cause.args} {vars(cause)}"
        cause = cause.__cause__
        assert cause is None or "sql" not in type(cause).__module__ or cause.__traceback__ is None
    assert SECRET not in told


def assert_fails(store: Opened, name: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(StoreError, match=r"(operation|command) failed \(\w+\): requests are rejected until") as caught:
        getattr(store, name)(*arguments)
    assert_hides(caught.value)


def failure(store: Opened, name: str, *arguments: Any) -> StoreError:
    """Return the exception of a method, after checking that it shows no secret."""
    with pytest.raises(StoreError) as caught:
        getattr(store, name)(*arguments)
    assert_hides(caught.value)
    return caught.value
