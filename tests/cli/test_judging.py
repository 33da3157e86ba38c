"""What a request and credentials prove together."""

from oauthlib.oauth1 import Client

from oauthone.cli.credentials import Credentials
from oauthone.cli.judging import diagnose_sent, signature_holds, with_scheme
from oauthone.diagnosis.sent_request import SentRequest, read_request


def sent(url: str = "//api.example/a?b=c") -> SentRequest:
    _, headers, _ = Client("id", "secret").sign("http://api.example/a?b=c")
    return read_request("GET", url, headers)


def test_a_signature_holds_for_its_credentials_alone() -> None:
    assert signature_holds(sent(), Credentials("id", "secret")) is True
    assert signature_holds(sent(), Credentials("id", "another")) is False
    assert signature_holds(sent(), None) is None


def test_without_settings_the_request_alone_is_looked_at() -> None:
    assert diagnose_sent(sent(), None, None, None).verdict == "unknown"
    base_string = "GET&http%3A%2F%2Fapi.example%2Fa&b%3Dc"
    assert with_scheme(sent(), None, base_string).scheme == "http"
    assert with_scheme(sent(), None, None).scheme == "https"
