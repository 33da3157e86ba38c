"""The first page of a box: for people with a browser alone, and without a secret."""

import pytest

from oauthone.testing import ProviderBox

from .by_hand import Request, send

BROWSER = {"User-Agent": "Mozilla/5.0 (X11)", "Accept": "text/html,*/*;q=0.8"}


def test_a_browser_is_shown_what_there_is(box: ProviderBox) -> None:
    """No secret, as every program of this machine can read it; and it is none of the requests."""
    page = send(box, "GET", f"{box.origin}/", BROWSER)
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f"<code>{box.request_token_url}</code>" in page.text
    assert "<code>box-hmac-sha1 /+=&amp;%41~é</code>" in page.text
    assert not any(client.client_secret[:16] in page.text for client in box.clients.values() if client.client_secret)
    assert box.requests == []


@pytest.mark.parametrize(
    ("method", "headers"),
    [("GET", {}), ("GET", {"Accept": "*/*"}), ("POST", BROWSER), ("GET", {**BROWSER, "Accept": "application/json"})],
)
def test_for_a_program_it_is_a_protected_resource(box: ProviderBox, method: str, headers: dict[str, str]) -> None:
    refused = send(box, method, f"{box.origin}/", headers)
    assert (refused.status, refused.json["problem"]) == (401, "parameter_absent")
    assert len(box.requests) == 1


def test_a_signed_request_is_answered_even_if_it_says_to_be_a_browser(box: ProviderBox) -> None:
    assert Request(box, "/", method="GET").send(**BROWSER).json["user"] == "alice"


def test_a_box_like_a_provider_shows_the_addresses_of_that_provider() -> None:
    """Its data may begin at the root, and its clients get them there."""
    with ProviderBox(like="discogs") as like:
        page = send(like, "GET", f"{like.origin}/", BROWSER).text
        assert f"<code>{like.like.temporary_credentials.url}</code>" in page
        assert f"<code>{like.two_legged_url}</code>" in page
        assert send(like, "GET", f"{like.origin}/").status == 401
    with ProviderBox(like="cardmarket") as like:
        assert ("Token credentials" in send(like, "GET", f"{like.origin}/", BROWSER).text) == bool(
            like.like.token_credentials
        )


def test_an_icon_for_a_browser_does_not_disturb(box: ProviderBox) -> None:
    icon = f"{box.origin}/favicon.ico"
    assert send(box, "GET", icon, BROWSER).status == 204
    assert box.requests == []
    assert send(box, "GET", icon).status == 401
    assert send(box, "GET", f"{icon}?a=1", BROWSER).status == 401
