"""The mistakes in a signature; `scenarios/test_careless_clients` makes them."""

from oauthone.diagnosis.signing_mistakes import SIGNING_MISTAKES


def test_every_description_completes_a_sentence_about_the_client() -> None:
    first = {entry.description.split()[0] for entry in SIGNING_MISTAKES}
    assert first <= {
        *(
            "added",
            "decoded",
            "did",
            "encoded",
            "exchanged",
            "hashed",
            "joined",
            "kept",
            "left",
            "percent-encoded",
            "sent",
        ),
        *("signed", "sorted", "used", "wrote"),
    }
