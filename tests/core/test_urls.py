"""Where a request goes: whether two URLs share an origin, and whether a secret may travel to one."""

import pytest

from oauthone.core.urls import is_confidential, origin, require_confidential
from oauthone.errors import InsecureTransportError, SigningError


def test_an_origin_has_one_spelling() -> None:
    assert origin("HTTPS://User@A.Example:443/p?q#f") == origin("https://a.example") == ("https", "a.example")


@pytest.mark.parametrize(
    "other",
    ["http://a.example", "https://a.example:444", "https://b.example", "https://a.example.b", "https://xa.example"],
)
def test_another_scheme_host_or_port_is_another_origin(other: str) -> None:
    assert origin(other) != origin("https://a.example")


@pytest.mark.parametrize("url", ["a.example", r"https://evil.example\@a.example/"])
def test_what_has_no_clear_origin_is_refused(url: str) -> None:
    with pytest.raises(SigningError):
        origin(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/",
        "HTTPS://a.example",
        "http://localhost/",
        "http://LOCALHOST:8080/",
        "http://app.localhost/",
        "http://127.0.0.1:5000",
        "http://127.1.2.3/",
        "http://[::1]:80/",
    ],
)
def test_https_and_loopback_keep_a_secret(url: str) -> None:
    assert is_confidential(url)
    require_confidential(url, "a secret", allow_insecure_transport=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/",
        "http://localhost.example/",
        "http://localhost@a.example/",
        "http://notlocalhost/",
        "http://127.0.0.1.example/",
        "http://1127.0.0.1/",
        "http://[::2]/",
        "http://0.0.0.0/",
        "ftp://a.example/",
    ],
)
def test_another_machine_over_plain_http_does_not(url: str) -> None:
    """The error says where the secret would have gone, and the two ways out."""
    assert not is_confidential(url)
    with pytest.raises(InsecureTransportError) as caught:
        require_confidential(url, "the canary", allow_insecure_transport=False)
    for part in ("the canary would travel in the clear to", "use https", "allow_insecure_transport=True"):
        assert part in str(caught.value)
    require_confidential(url, "the canary", allow_insecure_transport=True)
