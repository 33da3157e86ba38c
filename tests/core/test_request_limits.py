"""How large a request may be: what is refused before it is taken apart, and its neighbour that is just small enough."""

from typing import Any

import pytest

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.policy import VerificationPolicy
from oauthone.core.verification import verify_request
from oauthone.errors import VerificationError

from .incoming import FORM, NOW, URL, at_once, header

#: The length of a header with an empty ``oauth_x``.
SHORTEST = len(header(x="")[0][1])


@pytest.mark.parametrize(
    ("policy", "headers", "url", "body", "reason"),
    [
        (VerificationPolicy(), header(x="y" * (16_385 - SHORTEST)), URL, b"", "the Authorization header is too long"),
        (VerificationPolicy(), header(), URL + "&" * 1_000, b"", "more than 1000 parameters"),
        (VerificationPolicy(), [*header(), *FORM.items()], URL + "&" * 500, b"&" * 500, "more than 1000 parameters"),
        (
            VerificationPolicy(),
            [*header(), *FORM.items()],
            URL,
            b"a" * (1024 * 1024 + 1),
            "form is longer than 1048576",
        ),
        (VerificationPolicy(), header(), URL + "a" * (1024 * 1024), b"", "query is longer than 1048576"),
        (VerificationPolicy(max_parameters=3), header(), URL, b"", "header holds too many parameters"),
    ],
)
def test_what_is_too_large_is_refused_first(
    policy: VerificationPolicy, headers: Any, url: str, body: bytes, reason: str
) -> None:
    error = at_once(headers, policy, url, body)
    assert (error.status, error.problem) == (400, "parameter_rejected")
    assert reason in error.reason


def test_what_is_just_small_enough_is_read() -> None:
    policy = VerificationPolicy(hosts=["a.example"])
    long = header(x="y" * (16_384 - SHORTEST))
    assert len(long[0][1]) == 16_384
    headers = [*long, ("Host", "A.Example"), *FORM.items()]
    query = URL.partition("?")[2] + "&" * 500
    body = b"a" * (1024 * 1024 - 499 - len(query)) + b"&" * 499
    assert next(verify_request(IncomingRequest.from_url("POST", URL + "&" * 500, headers, body), policy, NOW))
    longer = IncomingRequest.from_url("POST", URL + "&" * 500, headers, body + b"a")
    with pytest.raises(VerificationError, match="query and form are longer than 1048576 octets"):
        next(verify_request(longer, policy, NOW))


def test_a_body_of_any_size_that_is_no_form_is_not_looked_at() -> None:
    assert next(
        verify_request(IncomingRequest.from_url("POST", URL, header(), b"&" * 2_000_000), VerificationPolicy(), NOW)
    )
