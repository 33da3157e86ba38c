"""What the base string of the server proves about a request that is signed rightly."""

from typing import Any

import pytest

from .refused import base_string, diagnosed, sent


def told(text: str) -> Any:
    return 401, {}, f"oauth_problem=signature_invalid&debug_sbs={text}"


def test_a_server_that_left_the_form_out() -> None:
    found = diagnosed(sent(), told(base_string().replace("a%3D1%26", "")))
    assert (found.mistakes, found.party) == (("form-left-out",), "server")
    assert found.explanation == "The server left the form body out."


def test_a_base_string_of_another_attempt_proves_nothing() -> None:
    """Nothing changes a nonce on its way. A base string with another host beside it does prove something."""
    found = diagnosed(sent(), told(base_string().replace("oauth_nonce%3Dn", "oauth_nonce%3Dother")))
    assert (found.verdict, "another attempt" in found.explanation) == ("unknown", True)
    other = base_string().replace("oauth_nonce%3Dn", "oauth_nonce%3Dother").replace("api.example", "internal")
    assert diagnosed(sent(), told(other)).mistake == "other-request-received"


@pytest.mark.parametrize(
    ("old", "new", "mistake", "computed"),
    [
        ("https", "http", "other-scheme-signed", "http://api.example/p"),
        ("api.example", "internal%3A9000", "other-request-received", "https://internal:9000/p"),
        ("api.example%2Fp", "api.example%2Findex.php", "other-request-received", "https://api.example/index.php"),
        ("api.example%2Fp", "api.example%2Fp%2F", "trailing-slash-added", "https://api.example/p/"),
    ],
)
def test_a_server_that_computed_another_url(old: str, new: str, mistake: str, computed: str) -> None:
    """Either it does not know its public URL, or the request changed on its way: both are said, and what decides."""
    found = diagnosed(sent(), told(base_string().replace(old, new)))
    assert (found.mistakes, found.party) == ((mistake,), "server")
    assert f"signed the URL 'https://api.example/p', and the server computed '{computed}'. Either" in found.explanation
    assert "see whether other clients are refused at this URL too" in found.advice
    assert "tell the server its public URL" in found.advice


def test_another_url_with_another_mistake() -> None:
    strange = base_string().replace("https", "http").replace("a%3D1%26", "")
    found = diagnosed(sent(), told(strange))
    assert set(found.mistakes) == {"other-scheme-signed", "form-left-out"}
    assert "left the form body out" in found.explanation
    assert "the server computed 'http://api.example/p'" in found.explanation
    other = diagnosed(sent(), told(base_string().replace("https", "http").replace("a%3D1%26", "c%3D2%26")))
    assert (other.mistake, other.party) == ("other-request-received", "server")
    assert "another request than the one that the server received" in other.explanation


def test_another_value_is_shown_as_people_read_it() -> None:
    found = diagnosed(sent(), told(base_string().replace("x%2520y", "z%2520%252F")))
    assert (found.mistake, found.party) == ("other-request-received", "network")
    assert "signed b='x y', the server received b='z /'." in found.explanation


def test_a_method_that_is_another_is_told_as_before() -> None:
    found = diagnosed(sent(), told(base_string().replace("POST", "LOCK")))
    assert "signed the method 'POST', the server received 'LOCK'" in found.explanation


def test_no_secret_of_the_url_is_shown() -> None:
    request = {**sent(), "url": "https://user:canary@api.example/p?b=x%20y"}
    found = diagnosed(
        request, told(base_string().replace("https", "http").replace("api.example", "u%3Acanary%40api.example"))
    )
    assert "canary" not in f"{found.as_dict()}"


def test_a_parameter_that_the_server_adds() -> None:
    found = diagnosed(sent(), told(f"{base_string()}%26route%3Dv1%252Fitems"))
    assert (found.mistake, found.party) == ("other-request-received", "server")
    assert "did not sign route='v1/items', which the server received. The request does not have it" in found.explanation
    again = diagnosed(sent(), told(f"{base_string()}%26a%3D2"))
    assert (again.mistake, again.party) == ("other-request-received", "network")
