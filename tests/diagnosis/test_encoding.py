"""How a client percent-encodes."""

from oauthone.diagnosis.encoding import RIGHT_ENCODING, EncodedOnce


def test_a_text_is_encoded_once() -> None:
    seen: list[str] = []

    def encoder(text: str) -> str:
        seen.append(text)
        return text.upper()

    encoded = EncodedOnce(encoder)
    assert [encoded[text] for text in ("a", "b", "a")] == ["A", "B", "A"]
    assert seen == ["a", "b"]


def test_the_right_encoding_changes_nothing() -> None:
    assert [respell("a%20~") for respell in RIGHT_ENCODING[:3]] == ["a%20~"] * 3
