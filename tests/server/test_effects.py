"""The effects of a provider: no repr of one shows a secret."""

import pytest

from oauthone.server import IssuedToken, PendingAuthorization
from oauthone.server._effects import ApprovePending, CallHook, SavePending, SaveToken

PENDING = PendingAuthorization("t", "canary", "c", None, 0, "canary", "ann", {})


def test_the_repr_of_a_decision_hides_the_verification_code() -> None:
    assert repr(ApprovePending("t", "canary", "ann", {})) == "ApprovePending(token='t', user='ann', …)"


def test_the_repr_of_a_hook_call_hides_its_arguments() -> None:
    assert repr(CallHook(print, ("canary",))) == "CallHook(<built-in function print>, …)"


@pytest.mark.parametrize("effect", [SavePending(PENDING), SaveToken(IssuedToken("t", "canary", "c", "ann"))])
def test_the_repr_of_an_effect_that_saves_a_record_hides_its_secrets(effect: object) -> None:
    assert "'t'" in repr(effect)
    assert "canary" not in repr(effect)
