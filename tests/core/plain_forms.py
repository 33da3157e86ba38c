"""The definition of a form's encoded pairs, which the code compares with: part by part, slowly."""

from oauthone.core.encoding import form_decode, percent_encode


def encoded_pairs_plainly(text: str) -> list[str]:
    """What `encoded_pairs` returns, by decoding and encoding every part: the definition that the tests compare with."""
    return [f"{percent_encode(name)}\0{percent_encode(value)}" for name, value in form_decode(text)]
