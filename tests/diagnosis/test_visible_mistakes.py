"""Mistakes that a request shows without its signature being computed, and a form that nobody kept."""

from oauthone.diagnosis import Evidence

from .refused import FORM, changed, diagnosed, sent


def test_an_unknown_form_may_contain_the_signature() -> None:
    """So a request without another is not called unsigned. Its known neighbour is."""
    request = {**sent(), "headers": FORM}
    assert diagnosed({**request, "body": iter(())}).verdict == "unknown"
    assert diagnosed(request).mistake == "unsigned"


def test_an_unknown_form_is_covered_by_the_signature() -> None:
    """So nobody can tell whether it is right. What else the request shows is still named."""
    found = diagnosed({**sent(), "body": iter(())})
    assert (found.verdict, "form" in found.explanation) == ("unknown", True)
    milliseconds = changed({**sent(), "body": iter(())}, 'timestamp="', 'timestamp="999')
    assert diagnosed(milliseconds).mistake == "timestamp-in-milliseconds"


def test_an_unknown_body_that_is_no_form_does_not_matter() -> None:
    request = sent(headers={"Content-Type": "text/plain"}, body=b"x")
    assert diagnosed({**request, "body": iter(())}).explanation.startswith("The signature is right")


def test_a_working_request_whose_form_is_unknown_proves_nothing() -> None:
    """A log shows no body. Its signature covers the form, so it may not be called wrong."""
    log = f"POST {sent()['url']}\n" + "\n".join(f"{name}: {value}" for name, value in sent()["headers"].items())
    found = diagnosed(sent(), (401, {}, ""), working=Evidence.from_log(log))
    assert found.verdict == "unknown"
    assert diagnosed(sent(), (401, {}, ""), working=Evidence.from_log(log)._replace(body=b"a=2")).verdict == "unknown"


def test_many_parameters_are_counted_once() -> None:
    """Otherwise this takes minutes."""
    body = "&".join(f"oauth_{number}=1" for number in range(100_000))
    assert diagnosed({**sent(headers=FORM), "body": f"{body}&oauth_nonce=n&oauth_nonce=n"}).mistake is not None


def test_a_plus_sign_in_an_identifier_is_no_other_client() -> None:
    """Sent as it is in a query, it stands for a space. The signature proves that the client meant a plus sign."""
    for name, word in (("client_id", "other-client-id"), ("token", "other-token")):
        request = sent("GET", body=None, headers={}, signature_type="QUERY", **{name: "a+b"})
        raw = {**request, "url": request["url"].replace("a%2Bb", "a+b")}
        assert raw != request
        assert diagnosed(raw, **{name: "a+b"}).mistake == "plus-signed-as-plus"
        assert "plus sign" in diagnosed(raw, **{name: "a+b"}).explanation
        assert diagnosed(request, **{name: "a+b"}).mistake is None
        assert diagnosed(raw, **{name: "a-b"}).mistake == word
