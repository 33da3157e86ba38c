"""If client and server signed different strings, the server decodes once, and reports the difference."""

import base64
import hashlib
import hmac
import re
from urllib.parse import quote

import pytest

from oauthone.core.body import FORM
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import VerificationError
from oauthone.server import MemoryStore, Provider, Verifier

from ..setting import CALLBACK, CLIENT, Clock, Sent, signed, token_signer, with_token

REQUEST = "https://api.example/request_token?platform=linux"


@pytest.fixture
def verifier() -> Verifier:
    return Verifier(with_token(MemoryStore([CLIENT], clock=Clock())), clock=Clock())


def signed_over(base_string: str, sent: Sent) -> Sent:
    """Return ``sent`` with the signature of a client that signed ``base_string``."""
    digest = hmac.new(b"secret&ts", base_string.encode("ascii"), hashlib.sha1).digest()
    ((name, value),) = sent.headers
    written = f'oauth_signature="{quote(base64.b64encode(digest), safe="")}"'
    return sent._replace(headers=[(name, re.sub('oauth_signature="[^"]*"', written, value))])


def twice(text: str) -> str:
    return quote(quote(text, safe=""), safe="")


@pytest.mark.parametrize(
    ("right", "wrong", "mistake", "difference"),
    [
        pytest.param(
            f"oauth_callback%3D{twice(CALLBACK)}",
            f"oauth_callback%3D{quote(CALLBACK, safe='')}",
            "the client encoded the parameters once instead of twice",
            "the client did not encode the value of 'oauth_callback'",
            marks=pytest.mark.seen_in("oauthlib#695"),
            id="a callback encoded before",
        ),
        pytest.param(
            "%26platform%3Dlinux",
            "%26platform%3Dlinux%26realm%3Demail",
            "the client signed the realm of the Authorization header",
            "the client signed realm='email', which the server did not receive",
            marks=pytest.mark.seen_in("oauthlib#59"),
            id="a realm",
        ),
        pytest.param(
            "%26platform%3Dlinux",
            "%26platform%3Dlinux%26platform%3Dlinux",
            "the client signed the query twice",
            "the client signed platform='linux', which the server did not receive",
            marks=pytest.mark.seen_in("oauthlib#120"),
            id="a query passed as a body too",
        ),
    ],
)
def test_a_request_signed_over_another_base_string_is_rejected_with_the_difference(
    verifier: Verifier, right: str, wrong: str, mistake: str, difference: str
) -> None:
    made = token_signer(realm="email").sign("POST", REQUEST, callback=CALLBACK)
    sent = Sent("POST", REQUEST, [("Authorization", made.authorization or "")])
    assert right in made.base_string
    assert signed_over(made.base_string, sent) == sent
    theirs = made.base_string.replace(right, wrong)
    with pytest.raises(VerificationError) as refused:
        verifier.verify(*signed_over(theirs, sent))
    assert refused.value.problem == "signature_invalid"
    explained = verifier.explain(refused.value, IncomingRequest.from_url(*signed_over(theirs, sent)))
    assert explained.difference is not None
    assert explained.difference.split(", or ")[0] == mistake
    told = verifier.explain(refused.value, IncomingRequest.from_url(*signed_over(theirs, sent)), base_string=theirs)
    assert told.difference == difference
    assert verifier.verify(*sent).user == "ann"


@pytest.mark.seen_in("oauthlib#695")
@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
def test_an_encoded_callback_is_rejected_as_an_invalid_url(placement: str) -> None:
    """The callback is read as it was sent, in every placement. It is not a valid URL, and is rejected for that."""
    provider = Provider(MemoryStore([CLIENT], clock=Clock()), clock=Clock())
    signer = token_signer(token=None, token_secret=None, signature_type=placement)
    given = {"headers": {"Content-Type": FORM}, "body": b""} if placement == "BODY" else {}
    encoded = signed(signer, url=REQUEST, callback=quote(CALLBACK, safe=""), **given)
    assert (
        provider.temporary_credentials(IncomingRequest.from_url(*encoded)).body == b"oauth_problem=parameter_rejected"
    )
    assert (
        provider.temporary_credentials(
            IncomingRequest.from_url(*signed(signer, url=REQUEST, callback=CALLBACK, **given))
        ).status
        == 200
    )


@pytest.mark.seen_in("oauthlib#59")
@pytest.mark.parametrize("options", [{}, {"realm": ""}, {"realm": "email"}, {"signature_type": "QUERY"}], ids=str)
def test_the_realm_of_a_query_is_signed(verifier: Verifier, options: dict[str, str]) -> None:
    sent = signed(token_signer(**options), "GET", "https://api.example/?realm=secret&x=oauth_realm")
    with pytest.raises(VerificationError) as refused:
        verifier.verify(*sent._replace(url=sent.url.replace("realm=secret", "realm=public")))
    assert refused.value.problem == "signature_invalid"
    assert verifier.verify(*sent).user == "ann"


@pytest.mark.seen_in("oauthlib#59")
@pytest.mark.parametrize("realm", [None, "", "email"])
def test_the_realm_of_a_header_is_not(verifier: Verifier, realm: str | None) -> None:
    """The realm may change on the way, as long as everything else stays."""
    sent = signed(token_signer(realm=realm), "GET", "https://api.example/?realm=secret")
    ((name, value),) = sent.headers
    other = re.sub('^OAuth (realm="[^"]*", )?', 'OAuth realm="other", ', value)
    assert verifier.verify(*sent._replace(headers=[(name, other)])).user == "ann"


@pytest.mark.seen_in("oauthlib#120")
def test_a_parameter_in_query_and_form_counts_in_both_places(verifier: Verifier) -> None:
    """It counts exactly as often as it was sent."""
    url, form = "https://api.example/?platform=linux", {"Content-Type": FORM}
    assert verifier.verify(*signed(token_signer(), "POST", url, form, b"platform=linux")).user == "ann"
    for sent in (
        signed(token_signer(), "POST", url, form, b"platform=linux")._replace(body=b""),
        signed(token_signer(), "POST", url, form, b"")._replace(body=b"platform=linux"),
    ):
        with pytest.raises(VerificationError) as refused:
            verifier.verify(*sent)
        assert refused.value.problem == "signature_invalid"
