"""The effects of a provider show no secret."""

from oauthone.server._effects import CallHook


def test_the_repr_of_a_decision_hides_the_verification_code() -> None:
    from oauthone.server._effects import ApprovePending

    assert "canary" not in repr(ApprovePending("t", "canary", "ann", {}))


def test_the_repr_of_a_hook_call_hides_its_arguments() -> None:
    assert "canary" not in repr(CallHook(print, ("canary",)))
