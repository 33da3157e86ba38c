"""The mistakes beside the signature; `test_findings` proves them."""

from oauthone.diagnosis.protocol_mistakes import PROTOCOL_MISTAKES


def test_every_description_completes_a_sentence_about_the_client() -> None:
    first = {entry.description.split()[0] for entry in PROTOCOL_MISTAKES}
    assert first <= {"sent", "followed", "did", "has", "used", "named", "is", "lacks", "came", "was", "and", "signed"}
