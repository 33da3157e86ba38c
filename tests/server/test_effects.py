"""The effects of a provider show no secret."""

from oauthone.server._effects import CallHook


def test_what_is_put_to_a_store_hides_its_secrets_too() -> None:
    from oauthone.server._effects import ApprovePending

    assert "canary" not in repr(ApprovePending("t", "canary", "ann", {}))


def test_what_is_put_to_a_function_is_not_shown() -> None:
    assert "canary" not in repr(CallHook(print, ("canary",)))
