"""What a diagnosis says, and in which form."""

from oauthone.diagnosis.diagnosis import mistake, right, sentence, unknown
from oauthone.diagnosis.mistake import Party


def test_a_mistake_names_its_party_its_proof_and_what_to_do() -> None:
    found = mistake([("form-left-out", "space-as-plus")], "because")
    assert (found.verdict, found.mistake, found.mistakes) == (
        "mistake",
        "form-left-out",
        ("form-left-out", "space-as-plus"),
    )
    assert found.party == "client"
    assert str(found) == (
        "The client left the form body out, and encoded a space as '+' instead of '%20'.\n"
        "  proof: because\n"
        f"  what to do: {found.advice}\n"
        "  more: refused.html#form-left-out"
    )
    assert found.as_dict() == {
        **{"verdict": "mistake", "mistake": "form-left-out", "mistakes": ["form-left-out", "space-as-plus"]},
        **{"explanation": found.explanation, "party": "client", "proof": "because", "advice": found.advice},
        "link": "refused.html#form-left-out",
    }
    assert found.line() == f"{found.explanation} {sentence(found.advice)}"


def test_another_subject_and_another_party() -> None:
    found = mistake([("other-scheme-signed:http",)], "", subject="the server", party=Party.NETWORK)
    assert found.explanation.startswith("The server signed a URL that begins with http://")
    assert found.party == "network"


def test_the_other_verdicts() -> None:
    assert str(right("It was taken.")) == "It was taken.\n  more: refused.html#when-the-signature-is-right"
    assert right("It was taken.").line() == "It was taken."
    assert (right("x").mistake, right("x").party) == (None, None)
    assert str(unknown("Nobody can tell.", "ask")) == (
        "Nobody can tell.\n  what to do: ask\n  more: refused.html#when-nobody-can-tell"
    )
    assert sentence("a.") == "A."
