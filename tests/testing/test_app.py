"""The routes of a box: which path leads where, on both of its origins and with every method."""

import pytest

from oauthone.testing import ProviderBox

from .by_hand import Request, send


@pytest.mark.parametrize("path", ["/", "/echo", "/any/other//path", "/%2F", "/oauth", "/openly"])
def test_every_path_without_an_endpoint_is_a_protected_resource(box: ProviderBox, path: str) -> None:
    """An application's API can have any path."""
    open_here = path.startswith("/open")

    assert send(box, "GET", box.origin + path).status == (200 if open_here else 401)
    assert [one.refused is not None for one in box.requests] == [not open_here]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_a_resource_takes_every_method(box: ProviderBox, method: str) -> None:
    assert Request(box, method=method).send().status == 200
    assert box.requests[-1].method == method


@pytest.mark.parametrize(
    ("path", "status", "content"),
    [
        ("/oauth/request_token", 401, "oauth_problem=parameter_absent"),
        ("/oauth/access_token", 401, "oauth_problem=parameter_absent"),
        ("/oauth/authorize", 400, "<!doctype html>"),
        ("/landing", 200, "<!doctype html>"),
        ("/echo", 401, "{"),
        ("/two-legged", 401, "{"),
    ],
)
def test_each_endpoint_has_its_path(box: ProviderBox, path: str, status: int, content: str) -> None:
    """Without credentials, those of the flow answer in their own formats, as a real provider does."""
    answered = send(box, "GET", box.origin + path)

    assert answered.status == status
    assert answered.text.startswith(content)


def test_both_origins_serve_the_same_resources_and_one_list_of_requests(box: ProviderBox) -> None:
    """A request that leaks to the other origin is seen there."""
    for origin in (box.origin, box.other_origin):
        assert send(box, "GET", f"{origin}/open").status == 200

    assert [one.url for one in box.requests] == [f"{box.origin}/open", f"{box.other_origin}/open"]
