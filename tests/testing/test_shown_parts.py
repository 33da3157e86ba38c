"""What the page of a box shows of a request whose client writes it wrongly: no secret, and all else."""

import json
from typing import Any

import pytest

from oauthone.testing import ProviderBox
from oauthone.testing.exchange import details

from .by_hand import Request, send


def last(box: ProviderBox, *, reveal: bool = False) -> dict[str, Any]:
    return details(box, box.requests[-1], reveal=reveal)


@pytest.mark.parametrize(
    "value",
    [
        'OAuth oauth_token="t", oauth_verifier="hidden", a="shown"',
        'OAuth oauth_token="t"; oauth_verifier="hidden"; a="shown"',
        'OAuth oauth_token="t" oauth_verifier="hidden" a="shown"',
        'OAuth oauth_verifier="a,hidden", a="shown"',
        'OAuth oauth_verifier="a\\"hidden", a="shown"',
        "OAuth oauth_verifier='a,hidden', a=shown",
        "OAuth oauth_token=t&oauth_verifier=hidden, a=shown",
        "OAuth oauth_token=t oauth_verifier=hidden, a=shown",
        'OAuth oauth_consumer_key="c&oauth_verifier=hidden", a="shown"',
        'OAuth oauth_signature_method="PLAINTEXT", oauth_signature="a,hidden&b", a="shown"',
        "OAuth oauth_consumer_key=c&oauth_signature_method=PLAINTEXT&oauth_signature=hidden&b, a=shown",
        'OAuth oauth_token%3D%22t%22%2C%20oauth_verifier%3D%22hidden%22, a="shown"',
    ],
)
@pytest.mark.parametrize("name", ["Authorization", "X-Misplaced"])
def test_a_header_that_is_written_wrongly_is_masked_as_it_is_meant(box: ProviderBox, name: str, value: str) -> None:
    """Such a header is what one looks for in the box, so all else of it is shown."""
    send(box, "GET", box.echo_url, {name: value})
    said = json.dumps(last(box))
    assert "hidden" not in said
    assert "shown" in dict(last(box)["headers"])[name.lower()]
    assert "hidden" in json.dumps(last(box, reveal=True))


@pytest.mark.parametrize("name", ["oauth_verifier", "oauth_signature", "oauth-base-string"])
def test_a_parameter_in_a_header_of_its_own_is_masked(box: ProviderBox, name: str) -> None:
    send(box, "GET", box.echo_url, {name: "GET&u&oauth_verifier=hidden&a=shown"})
    assert "hidden" not in json.dumps(last(box))


def test_a_right_header_is_shown_whole(box: ProviderBox) -> None:
    Request(box, query=[("a", "b")]).send()
    got = box.requests[-1]
    assert dict(last(box)["headers"])["authorization"] == got.header("authorization")
