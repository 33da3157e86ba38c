"""A slow, simple definition of a form's encoded pairs, with which the tests compare the fast code."""

from oauthone.core.encoding import form_decode, percent_encode


def encoded_pairs_plainly(text: str) -> list[str]:
    """Return what `encoded_pairs` has to return: decode and encode every part."""
    return [f"{percent_encode(name)}\0{percent_encode(value)}" for name, value in form_decode(text)]
