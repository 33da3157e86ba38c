import pytest

from oauthone.clients._read_only import ReadOnlyAttributes


class Auth(ReadOnlyAttributes):
    """An auth of an HTTP library."""


@pytest.mark.parametrize("name", sorted(ReadOnlyAttributes.read_only))
def test_what_a_signer_was_made_from_is_not_assigned(name: str) -> None:
    """The error names the way out, and not the value."""
    with pytest.raises(AttributeError, match=rf"^{name} of an Auth cannot be changed: .* with_token\(") as refused:
        setattr(Auth(), name, "a-secret")
    assert "a-secret" not in str(refused.value)


def test_other_attributes_are_the_callers() -> None:
    auth = Auth()
    auth.label = "mine"
    assert vars(auth) == {"label": "mine"}
