"""`ProviderBox`: its settings, its resource owner, and what is left when it stops."""

import socket
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from oauthone.errors import ConfigurationError
from oauthone.server import exactly_registered
from oauthone.testing import ProviderBox

from .by_hand import Request, approved, exchange, leg, temporary

CALLBACK = "http://127.0.0.1/done?page=1"


def test_whose_resources_a_token_opens(box: ProviderBox) -> None:
    client = box.clients["HMAC-SHA1"]
    assert Request(box, token=box.issue_token(client, "bob")).send().json["user"] == "bob"
    assert len({box.issue_token() for _ in range(3)}) == 3


def test_the_resource_owner_refuses(box: ProviderBox) -> None:
    box.decision = "deny"
    fields = temporary(box, CALLBACK)
    query = dict(parse_qsl(urlsplit(approved(box, fields)).query))
    assert query == {"page": "1", "oauth_token": fields["oauth_token"], "oauth_problem": "user_refused"}
    assert exchange(box, fields, "v").status == 401
    assert approved(box, temporary(box)) == ""


def test_an_authorization_page_that_leads_nowhere(box: ProviderBox) -> None:
    fields = temporary(box)
    assert exchange(box, fields, approved(box, fields)).status == 200
    with pytest.raises(ValueError, match="answered 400"):
        approved(box, fields)
    with pytest.raises(ValueError, match="<h1>"):
        box.visit(f"{box.authorize_url}?oauth_token=%3Cb%3E")
    with pytest.raises(ValueError, match="answered 400"):
        box.visit(box.authorize_url)


def test_a_box_takes_settings() -> None:
    """Clock, window, resource owner, body hash and the rule for callbacks."""
    with ProviderBox(
        window=10, user="bob", body_hash="required", callback_rule=exactly_registered, clock=lambda: 1_700_000_000.0
    ) as box:
        right = {"oauth_timestamp": "1700000010"}
        assert Request(box, **right).send().json["user"] == "bob"
        assert Request(box, oauth_timestamp="1700000011").send().status == 401
        assert Request(box, body="text", content_type="text/plain", **right).send().status == 400
        refused = leg(box, box.request_token_url, None, "", oauth_callback=CALLBACK, **right)[0]
        assert (refused.status, refused.text) == (400, "oauth_problem=parameter_rejected")


def test_two_boxes_know_nothing_of_each_other(box: ProviderBox) -> None:
    with ProviderBox(odd_values=True) as other:
        assert other.client.client_id == box.client.client_id
        assert other.client.client_secret != box.client.client_secret
        one = Request(box)
        one.box, one.url, one.uri = other, one.url.replace(box.origin, other.origin), other.origin + "/echo"
        assert one.send().status == 401
        assert (len(box.requests), len(other.requests)) == (0, 1)


def opened_and_failed(box: ProviderBox) -> None:
    with box:
        assert Path(box.ca_file or "").exists()
        raise KeyError("of the test")


def test_nothing_is_left_when_it_stops() -> None:
    """Both sockets are closed and the certificate is deleted, even if the block ends with an exception."""
    stopped = ProviderBox(tls=True)
    with pytest.raises(KeyError, match="of the test"):
        opened_and_failed(stopped)
    assert stopped.ca_file is not None
    assert not Path(stopped.ca_file).parent.exists()
    for origin in (stopped.origin, stopped.other_origin):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", urlsplit(origin).port or 0))


def test_it_listens_on_loopback_alone(box: ProviderBox) -> None:
    assert {urlsplit(origin).hostname for origin in (box.origin, box.other_origin)} == {"127.0.0.1"}
    assert box.ca_file is None


def test_its_port_can_be_chosen() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with ProviderBox(port=port) as box:
        assert box.origin == f"http://127.0.0.1:{port}"
        assert Request(box).send().status == 200


def test_nothing_secret_is_shown(box: ProviderBox) -> None:
    token = box.issue_token()
    Request(box, token=token).send()
    shown = repr([token, box.clients, box.requests])
    secrets = [client.client_secret for client in box.clients.values() if client.client_secret]
    assert [secret for secret in [token.token_secret, *secrets] if secret in shown] == []
    assert "PRIVATE KEY" not in shown
    assert token.token in shown
    assert f"Received(POST {box.echo_url}, refused=None" in shown


@pytest.mark.parametrize("history", [0, -1])
def test_a_history_of_nothing_is_an_error(history: int) -> None:
    """It would keep everything."""
    with pytest.raises(ConfigurationError, match="pass at least 1, or None"):
        ProviderBox(history=history)
