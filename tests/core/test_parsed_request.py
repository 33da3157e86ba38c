"""Reading a request that arrives: where its parameters stand, and which of them count."""

from typing import Any

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from oauthone.core.base_string import prefix_from_parts, signature_base_string
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parsed_request import base_string_of, has_credentials, needs_body, parse_request
from oauthone.core.policy import VerificationPolicy
from oauthone.core.verification import verify_request
from oauthone.core.verification_types import FindCredentials
from oauthone.errors import VerificationError

from .incoming import FORM, NOW, URL, at_once, header, signed_pairs, signer


@pytest.mark.seen_in("hypothesis/lms#136")
@pytest.mark.parametrize(
    ("headers", "status", "problem"),
    [
        ([], 401, "parameter_absent"),
        ([("Authorization", "Bearer x")], 401, "parameter_absent"),
        ([("Authorization", "OAuth")], 400, "parameter_rejected"),
        ([("Authorization", 'OAuth realm="x"')], 400, "parameter_absent"),
        ([("Authorization", 'OAuth a="b"')], 400, "parameter_absent"),
        ([("Authorization", 'OAuth oauth_a="%ff"')], 400, "parameter_rejected"),
        (header() + header(), 400, "parameter_rejected"),
        ([*header(), ("Content-Type", "text/plain"), ("content-type", "text/html")], 400, "parameter_rejected"),
        ([*header(), ("Host", "a.example"), ("HOST", "b.example")], 400, "parameter_rejected"),
        ([*header(), ("Host", "a.example"), ("Host", "a.example")], 400, "parameter_rejected"),
        ([*header(), ("Content-Type", "text/plain"), ("content-type", "text/plain")], 400, "parameter_rejected"),
    ],
)
def test_headers_that_cannot_be_read_are_a_clean_refusal(headers: Any, status: int, problem: str) -> None:
    error = at_once(headers)
    assert (error.status, error.problem) == (status, problem)


def test_another_scheme_beside_oauth_and_other_headers_do_no_harm() -> None:
    headers = [("Authorization", "Basic x"), *header(), ("Host", "a"), ("X", "y"), ("Set-Cookie123", "")]
    assert next(
        verify_request(IncomingRequest.from_url("GET", URL, headers, b""), VerificationPolicy(), NOW)
    ) == FindCredentials("client", "t")


@pytest.mark.parametrize(
    ("url", "headers", "body"),
    [
        (URL + "&oauth_token=t", header(), b""),
        (URL + "&oauth_x", header(), b""),
        (URL, [*header(), *FORM.items()], b"oauth%5Ftoken=t"),
        (URL + "&oauth_a=1", list(FORM.items()), b"oauth_b=1"),
        (URL + "&oauth_a=1&oauth_a=1", [], b""),
        (URL, list(FORM.items()), b"oauth_a=1&oauth%5Fa=2"),
        (URL + "&oauth_a=%ff", [], b""),
    ],
)
def test_protocol_parameters_stand_once_and_in_one_place(url: str, headers: Any, body: bytes) -> None:
    error = at_once(headers, url=url, body=body)
    assert (error.status, error.problem) == (400, "parameter_rejected")


def test_a_body_that_is_no_form_holds_no_protocol_parameters() -> None:
    headers = [*header(), ("Content-Type", "text/plain")]
    assert next(
        verify_request(IncomingRequest.from_url("POST", URL, headers, b"oauth_token=t"), VerificationPolicy(), NOW)
    )


@pytest.mark.parametrize("headers", [header(), [*header(), ("Host", "b.example")]])
def test_a_request_for_another_host_is_refused_first(headers: Any) -> None:
    error = at_once(headers, VerificationPolicy(hosts=["a.example"]))
    assert (error.status, error.problem) == (400, "parameter_rejected")
    assert "none of the hosts that are served here" in error.reason


@pytest.mark.seen_in("ltiauthenticator#139")
@pytest.mark.seen_in("ltiauthenticator#136")
@pytest.mark.seen_in("oauthlib#107")
@pytest.mark.seen_in("oauthlib#695")
@pytest.mark.seen_in("oauthlib#59")
@pytest.mark.seen_in("oauthlib#120")
def test_exactly_what_came_is_verified() -> None:
    """Nothing is added, such as a callback; query and form count as the bytes that they are."""
    made = signer().sign("POST", "https://api.example/a%2fb?x=%7e+y", FORM, b"z=%c3%a9&z", realm="R")
    incoming = parse_request(
        IncomingRequest.from_url(
            "POST",
            "https://api.example/a%2fb?x=%7e+y",
            [*FORM.items(), ("Authorization", made.authorization or "")],
            b"z=%c3%a9&z",
        ),
        VerificationPolicy(),
    )
    assert sorted(signed_pairs(incoming.request)) == sorted(
        [
            "x\0~%20y",
            "z\0%C3%A9",
            "z\0",
            "oauth_consumer_key\0client",
            "oauth_token\0t",
            "oauth_signature_method\0HMAC-SHA1",
            f"oauth_timestamp\0{NOW}",
            "oauth_nonce\0n",
            "oauth_version\x001.0",
        ]
    )


@pytest.mark.parametrize(
    ("headers", "url", "needed"),
    [
        ((), "https://x/", False),
        ((("Content-Type", "application/json"),), "https://x/", False),
        ((("content-type", "Application/X-WWW-form-urlencoded;x"),), "https://x/", True),
        ((("Authorization", 'OAuth oauth_body_hash="x"'),), "https://x/", True),
        ((("Authorization", "Basic x"), ("authorization", 'OAuth oauth%5fbody%5Fhash="x"')), "https://x/", True),
        ((), "https://x/?a&oauth_body%5Fhash=x", True),
    ],
)
def test_a_body_is_read_only_where_a_signature_covers_it(headers: Any, url: str, needed: bool) -> None:
    made = IncomingRequest.from_url("POST", url, headers)
    assert needs_body(made, VerificationPolicy()) is needed
    assert needs_body(made, VerificationPolicy(body_hash="required"))
    assert "?" not in repr(made)


@pytest.mark.parametrize(
    ("headers", "url", "body", "presents"),
    [
        ((), "https://x/?a=1", b"", False),
        ((("Authorization", "Bearer oauth_"),), "https://x/", b"", False),
        ((("Authorization", "OAuth"),), "https://x/", b"", True),
        ((), "https://x/?oauth%5Fconsumer_key", b"", True),
        ((), "https://x/?oauth_signature=", b"", True),
        ((), "https://x/?oauth_token=abc&oauth_verifier=xyz", b"", False),
        ((), "https://x/?q=oauth_signature&%zz=+oauth_consumer_key", b"", False),
        (FORM, "https://x/", b"a=1&%6fauth_signature=", True),
        (FORM, "https://x/", b"comment=what+is+an+oauth_signature%3D&\xff", False),
        ((), "https://x/", b"oauth_signature=", False),
    ],
)
def test_a_request_without_credentials_is_anonymous(headers: Any, url: str, body: bytes, presents: bool) -> None:
    assert has_credentials(IncomingRequest.from_url("POST", url, headers, body), VerificationPolicy()) is presents


#: Names that stand near the protocol parameters in a base string, and some that are protocol parameters.
NEAR_NAMES = ["a", "z", "oauth", "oauth%60", "oauth%5E", "oauth-", "oauth~", "OAUTH_NONCE", "oauth_x", "oauth%5Fnonce2"]
NEAR_PAIRS = st.lists(
    st.tuples(st.sampled_from(NEAR_NAMES), st.sampled_from(["", "%00", "%26", "1"])).map("=".join), max_size=4
).map("&".join)


@example("oauth=1&oauth%60=2", "oauth~", "1.0", "n")
@given(NEAR_PAIRS, NEAR_PAIRS, st.sampled_from([None, "1.0"]), st.sampled_from(["n", "", "%26"]))
def test_the_base_string_is_that_of_the_pairs_one_by_one(
    query: str, form: str, version: str | None, nonce: str
) -> None:
    """A header's usual parameters are one part of the base string, so nothing else may belong between them."""
    headers = [*header(version=version, nonce=nonce), *FORM.items()]
    request = IncomingRequest.from_url("POST", f"https://api.example/?{query}", headers, form.encode())
    try:
        parsed = parse_request(request, VerificationPolicy())
    except VerificationError:
        event("rejected")
        assert "oauth_" in f"{query}&{form}".replace("%5F", "_")
        return
    event("in one string" if parsed.protocol_part else "one by one")
    prefix = prefix_from_parts("POST", "https", "api.example", "/")
    assert base_string_of(parsed) == signature_base_string(prefix, signed_pairs(request))


FOREIGN = ", ".join([f'a{number}="1"' for number in range(7)])


@pytest.mark.parametrize(
    ("authorization", "query"),
    [
        (header()[0][1], ""),
        (header()[0][1].replace('", ', '" , '), ""),
        (f"OAuth {FOREIGN}", "oauth_consumer_key=c&oauth_signature=s"),
    ],
    ids=["as most clients write it", "read in parts", "without a signature"],
)
def test_the_limit_counts_each_parameter_of_a_header(authorization: str, query: str) -> None:
    """Neighbour: a header at the limit is read."""
    count = authorization.count('="')
    for limit, fits in ((count, True), (count - 1, False)):
        incoming = IncomingRequest.from_url("GET", f"{URL}?{query}", [("Authorization", authorization)])
        if fits:
            assert parse_request(incoming, VerificationPolicy(max_parameters=limit)).protocol
        else:
            with pytest.raises(VerificationError, match="header holds too many parameters"):
                parse_request(incoming, VerificationPolicy(max_parameters=limit))


def test_a_query_that_replaces_a_canonical_one_is_read_as_strictly() -> None:
    incoming = IncomingRequest.from_url("GET", f"{URL}?a=1", header())
    incoming.query = "oauth%5Ftoken=t"
    with pytest.raises(VerificationError, match="protocol parameters stand in two places"):
        parse_request(incoming, VerificationPolicy())
