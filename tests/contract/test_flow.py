"""The three-legged flow, as a user runs it with any client."""

from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from clients.matrix import COMBINATIONS, places, protocol_names
from clients.servers import ScriptedServer, answer

from oauthone.errors import (
    AccessDenied,
    CallbackError,
    FlowError,
    InsecureTransportError,
    OAuthError,
    TokenResponseError,
)
from oauthone.testing import Faults, ProviderBox

from .conftest import Opener, held
from .flow import CALLBACK, run_flow, visit
from .surfaces import Client, Surface

GRANTED = answer("oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true")
ELSEWHERE = "http://provider.example/oauth"


@pytest.mark.case("the whole flow")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize(("method", "placement"), COMBINATIONS)
@pytest.mark.seen_in("scribejava#73")
@pytest.mark.seen_in("authlib#308")
async def test_the_whole_flow(surface: Surface, box: ProviderBox, method: str, placement: str) -> None:
    """It ends in verified requests. Callback and verifier travel only in their own leg."""
    credentials = box.clients[method].credentials()
    async with surface.client(**credentials, signature_type=placement, redirect_uri=CALLBACK) as client:
        request_token = await client.fetch_request_token(box.request_token_url)
        assert list(request_token) == ["oauth_token", "oauth_token_secret", "oauth_callback_confirmed"]
        url = client.create_authorization_url(box.authorize_url)
        assert url == f"{box.authorize_url}?oauth_token={quote(request_token['oauth_token'])}"
        callback = await visit(box, url)
        assert callback.startswith(CALLBACK + "&oauth_token=")
        verifier = dict(parse_qsl(urlsplit(callback).query))["oauth_verifier"]
        expected = {"oauth_token": request_token["oauth_token"], "oauth_verifier": verifier}
        assert client.parse_authorization_response(callback) == expected
        token = await client.fetch_access_token(box.access_token_url)
        assert client.inner.token == token
        said = (await client.get(box.echo_url, params=[("q", "a b&é")])).json()
        assert (said["user"], said["token"], said["placement"]) == (box.user, token["oauth_token"], placement)
        assert (await client.post(box.echo_url, form=[("q", "a b&é")])).status == 200
    first, _, third, *later = box.requests
    assert "oauth_callback" in protocol_names(first)
    assert {"oauth_verifier", "oauth_token"}.isdisjoint(protocol_names(first))
    assert "oauth_verifier" in protocol_names(third)
    assert "oauth_callback" not in protocol_names(third)
    assert len(later) == 2
    for received in later:
        assert {"oauth_callback", "oauth_verifier"}.isdisjoint(protocol_names(received))
    assert {tuple(places(received)) for received in (first, third, *later)} == {(placement,)}


@pytest.mark.case("a code that is shown and typed")
@pytest.mark.seen_in("requests-oauthlib#89")
async def test_out_of_band(surface: Surface, box: ProviderBox) -> None:
    """Without a callback the client sends ``oob``, and the code goes to the last leg."""
    async with surface.client(**box.client.credentials()) as client:
        await client.fetch_request_token(box.request_token_url)
        code = await visit(box, client.create_authorization_url(box.authorize_url))
        await client.fetch_access_token(box.access_token_url, code)
        assert (await client.get(box.echo_url)).status == 200
        pending = await client.fetch_request_token(box.request_token_url)
        code = await visit(box, client.create_authorization_url(box.authorize_url))
        assert client.parse_authorization_response(f" {code}\n")["oauth_token"] == pending["oauth_token"]
        await client.fetch_access_token(box.access_token_url)
        assert (await client.get(box.echo_url)).status == 200


@pytest.mark.case("a flow that ends in another client")
async def test_restored_in_a_second_client(surface: Surface, box: ProviderBox) -> None:
    """A flow that one client started finishes in another with its token and secret, which also parses the callback."""
    credentials = box.client.credentials()
    async with surface.client(**credentials, redirect_uri=CALLBACK) as first:
        saved = await first.fetch_request_token(box.request_token_url)
        callback = await visit(box, first.create_authorization_url(box.authorize_url, saved))
    restored = {"token": saved["oauth_token"], "token_secret": saved["oauth_token_secret"]}
    async with surface.client(**credentials, **restored) as second:
        with pytest.raises(CallbackError, match="token_mismatch"):
            second.parse_authorization_response(callback.replace("oauth_token=", "oauth_token=other"))
        second.parse_authorization_response(callback)
        token = await second.fetch_access_token(box.access_token_url)
        assert (await second.get(box.echo_url)).json()["token"] == token["oauth_token"]
    async with surface.client(**credentials) as third:
        third.inner.token = token
        assert third.inner.token == token
        assert (await third.get(box.echo_url)).json()["token"] == token["oauth_token"]


@pytest.mark.case("a resource owner who refuses")
async def test_denied(surface: Surface, box: ProviderBox) -> None:
    """A denial has its own error, and the pending authorization is discarded."""
    box.decision = "deny"
    async with surface.client(**box.client.credentials(), redirect_uri=CALLBACK) as client:
        await client.fetch_request_token(box.request_token_url)
        answered = await visit(box, client.create_authorization_url(box.authorize_url))
        with pytest.raises(AccessDenied):
            client.parse_authorization_response(answered)
        with pytest.raises(OAuthError, match=r"fetch_request_token\(\)"):
            client.create_authorization_url(box.authorize_url)


@pytest.mark.case("legs by any method, with the library's options")
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
async def test_the_method_of_a_leg(surface: Surface, box: ProviderBox, method: str) -> None:
    async with surface.client(**box.client.credentials()) as client:
        headers = {"User-Agent": "photo-printer/1.0"}
        token = await run_flow(client, box, method=method, headers=headers, timeout=surface.timeout_for_leg(20))
        assert (await client.get(box.echo_url)).json()["token"] == token["oauth_token"]
    first, _, third, _ = box.requests
    assert [(one.method, one.header("user-agent")) for one in (first, third)] == [(method, "photo-printer/1.0")] * 2


@pytest.mark.case("a callback that can be changed, or left out")
@pytest.mark.parametrize(("redirect_uri", "sent"), [(None, "oob"), ("", None), (CALLBACK, CALLBACK)], ids=repr)
async def test_what_redirect_uri_sends(surface: Surface, redirect_uri: str | None, sent: str | None) -> None:
    with ScriptedServer(GRANTED) as server:
        async with surface.client("client", "secret") as client:
            client.inner.redirect_uri = redirect_uri
            assert client.inner.redirect_uri == redirect_uri
            await client.fetch_request_token(server.origin)
    header = server.seen[0].header("authorization") or ""
    assert (f'oauth_callback="{quote(sent, safe="")}"' in header) if sent else ("oauth_callback" not in header)


# --- what goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.case("a provider's errors")
@pytest.mark.parametrize("place", ["body", "header", "html", "ok"])
@pytest.mark.seen_in("flask-oauth#59")
@pytest.mark.seen_in("jira#953")
async def test_the_provider_says_what_is_wrong(surface: Surface, box: ProviderBox, place: Any) -> None:
    """The error has the status and the problem, from any place in the response. The client continues to work."""
    async with surface.client(**box.client.credentials()) as client:
        box.faults = Faults(problem="consumer_key_refused", problem_in=place)
        with pytest.raises(TokenResponseError) as refused:
            await client.fetch_request_token(box.request_token_url)
        assert refused.value.problem == "consumer_key_refused"
        assert refused.value.status == (200 if place == "ok" else 401)
        box.faults = Faults()
        await run_flow(client, box)
        assert (await client.get(box.echo_url)).status == 200


@pytest.mark.case("a provider's errors")
async def test_a_wrong_secret(surface: Surface, box: ProviderBox) -> None:
    async with surface.client(box.client.client_id, "wrong") as client:
        with pytest.raises(TokenResponseError) as refused:
            await client.fetch_request_token(box.request_token_url)
    assert (refused.value.status, refused.value.problem) == (401, "signature_invalid")


@pytest.mark.case("a failed exchange that is tried again")
async def test_a_wrong_code(surface: Surface, box: ProviderBox) -> None:
    async with surface.client(**box.client.credentials()) as client:
        await client.fetch_request_token(box.request_token_url)
        code = await visit(box, client.create_authorization_url(box.authorize_url))
        with pytest.raises(TokenResponseError) as refused:
            await client.fetch_access_token(box.access_token_url, "wrong")
        assert refused.value.problem == "parameter_rejected"
        await client.fetch_access_token(box.access_token_url, code)
        assert (await client.get(box.echo_url)).status == 200


@pytest.mark.case("a callback that is not confirmed is refused")
@pytest.mark.parametrize("confirmed", [None, "false"])
async def test_callback_not_confirmed(surface: Surface, box: ProviderBox, confirmed: str | None) -> None:
    """Any value but true is always rejected; a missing value can be allowed."""
    box.faults = Faults(callback_confirmed=confirmed)
    async with surface.client(**box.client.credentials()) as client:
        with pytest.raises(OAuthError, match="callback"):
            await client.fetch_request_token(box.request_token_url)
    async with surface.client(**box.client.credentials(), require_callback_confirmed=False) as client:
        if confirmed is None:
            assert "oauth_callback_confirmed" not in await client.fetch_request_token(box.request_token_url)
        else:
            with pytest.raises(OAuthError, match="callback"):
                await client.fetch_request_token(box.request_token_url)


@pytest.mark.case("a provider without verification codes")
@pytest.mark.seen_in("requests-oauthlib#502")
async def test_without_a_verifier(surface: Surface) -> None:
    with ScriptedServer(GRANTED) as server:
        async with surface.client("client", "secret") as client:
            await client.fetch_request_token(server.origin)
            with pytest.raises(FlowError, match="missing_verifier"):
                await client.fetch_access_token(server.origin)
        async with surface.client("client", "secret", require_verifier=False) as client:
            await client.fetch_request_token(server.origin)
            assert (await client.fetch_access_token(server.origin))["oauth_token"] == "t"
    assert "oauth_verifier" not in (server.seen[-1].header("authorization") or "")


LEGS = ["temporary credentials", "token credentials"]


async def leg(client: Client, name: str, url: str, **options: Any) -> dict[str, Any]:
    """Run the first leg, or the last one as if the others had been run."""
    if name == LEGS[0]:
        return await client.fetch_request_token(url, **options)
    pending = {"oauth_token": "t", "oauth_token_secret": "s"}
    return await client.fetch_access_token(url, "v", request_token=pending, **options)


@pytest.mark.case("legs keep off plain http")
@pytest.mark.parametrize("name", LEGS)
@pytest.mark.parametrize("method", ["HMAC-SHA1", "PLAINTEXT"])
async def test_legs_do_not_go_over_plain_http(surface: Surface, name: str, method: str) -> None:
    """They are rejected before any connection, unless http is allowed explicitly."""
    with ScriptedServer(GRANTED) as server:
        options: dict[str, Any] = {"signature_method": method, "proxy": server.origin}
        async with surface.client("client", "secret", **options) as client:
            with pytest.raises(InsecureTransportError, match="allow_insecure_transport=True"):
                await leg(client, name, ELSEWHERE)
        assert server.connections == 0
        async with surface.client("client", "secret", **options, allow_insecure_transport=True) as client:
            assert (await leg(client, name, ELSEWHERE))["oauth_token"] == "t"
        assert len(server.seen) == 1


@pytest.mark.case("plain http where a signature alone protects")
async def test_plain_http(surface: Surface) -> None:
    """HMAC may use http without an option, PLAINTEXT only with one."""
    with ScriptedServer(answer("fine")) as server:
        async with surface.client("client", "secret", proxy=server.origin) as client:
            assert (await client.get(ELSEWHERE)).body == b"fine"
        assert "oauth_signature=" in (server.seen[0].header("authorization") or "")
        options = {"signature_method": "PLAINTEXT", "proxy": server.origin}
        async with surface.client("client", "secret", **options) as client:
            with pytest.raises(InsecureTransportError):
                await client.get(ELSEWHERE)
        assert len(server.seen) == 1
        async with surface.client("client", "secret", **options, allow_insecure_transport=True) as client:
            assert (await client.get(ELSEWHERE)).body == b"fine"


@pytest.mark.case("certificates are checked, in legs too")
async def test_certificates(surface: Surface, tls_box: ProviderBox) -> None:
    async with surface.client(**tls_box.client.credentials()) as client:
        with pytest.raises(surface.untrusted):
            await client.fetch_request_token(tls_box.request_token_url)
    assert tls_box.requests == []
    async with surface.client(**tls_box.client.credentials(), ca_file=tls_box.ca_file) as client:
        token = await run_flow(client, tls_box)
        assert (await client.get(tls_box.echo_url)).json()["token"] == token["oauth_token"]


@pytest.mark.case("legs follow no redirect")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_the_redirect_of_a_leg(surface: Surface, status: int) -> None:
    with ScriptedServer(answer(status=status, headers=[("Location", "/elsewhere")])) as server:
        async with surface.client("client", "secret") as client:
            for name in LEGS:
                with pytest.raises(TokenResponseError, match="use the final URL") as refused:
                    await leg(client, name, server.origin)
                assert refused.value.status == status
        assert [seen.target for seen in server.seen] == ["/", "/"]


# --- token responses --------------------------------------------------------------------------------------------------

RESPONSES = {
    "a form": "oauth_token=t%2B&oauth_token_secret=s&user=Gr%C3%BC",
    "white space around": " \r\n\toauth_token=t%2B&oauth_token_secret=s&user=Gr%C3%BC\n\n",
    "another order": "user=Grü&oauth_token_secret=s&oauth_token=t%2B",
    "JSON": '{"oauth_token": "t+", "oauth_token_secret": "s", "user": "Gr\\u00fc"}',
}


@pytest.mark.case("token responses of any shape")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize("body", RESPONSES.values(), ids=RESPONSES.keys())
@pytest.mark.parametrize("content_type", ["text/html", "application/json", None])
async def test_token_responses(surface: Surface, body: str, content_type: str | None) -> None:
    """Forms and JSON are read, whatever their label."""
    headers = [("Content-Type", content_type)] if content_type else []
    with ScriptedServer(answer(body, headers=headers)) as server:
        async with surface.client("client", "secret") as client:
            token = await leg(client, LEGS[1], server.origin)
    assert token == {"oauth_token": "t+", "oauth_token_secret": "s", "user": "Grü"}


@pytest.mark.case("token responses of any shape")
@pytest.mark.parametrize(
    "body", ["", "oauth_token=t", "oauth_token=&oauth_token_secret=s", "[1]", "<html>Sorry</html>"]
)
async def test_no_credentials_in_the_response(surface: Surface, body: str) -> None:
    with ScriptedServer(answer(body)) as server:
        async with surface.client("client", "secret") as client:
            for name in LEGS:
                with pytest.raises(TokenResponseError):
                    await leg(client, name, server.origin)
            assert client.inner.token is None


@pytest.mark.case("token responses are read to 64 KiB")
@pytest.mark.covering
@pytest.mark.parametrize("padding", ["huge", "gzip bomb"])
async def test_a_token_response_is_read_so_far(surface: Surface, box: ProviderBox, padding: Any) -> None:
    """The client reads no more than a token response can have, compressed or not, and continues to work."""
    box.faults = Faults(padding=padding)
    async with surface.client(**box.client.credentials()) as client:
        with pytest.raises(TokenResponseError, match="response_too_large"):
            await client.fetch_request_token(box.request_token_url)
        box.faults = Faults()
        await run_flow(client, box)


@pytest.mark.case("a held token outlives a flow that is not finished")
@pytest.mark.seen_in("flask-dance#120")
async def test_a_new_flow_leaves_the_held_token_alone(surface: Surface, box: ProviderBox, open_client: Opener) -> None:
    async with open_client(surface, box) as client:
        before = client.inner.token
        await client.fetch_request_token(box.request_token_url)
        assert "oauth_token" not in protocol_names(box.requests[-1])
        assert client.inner.token == before
        assert (await client.get(box.echo_url)).json()["token"] == before["oauth_token"]


@pytest.mark.case("a misspelt option is an error")
async def test_a_misspelt_option(surface: Surface, box: ProviderBox) -> None:
    with pytest.raises(TypeError, match="signature_metod"):
        surface.client("client", "secret", signature_metod="HMAC-SHA256")
    with pytest.raises(TypeError, match="signature_metod"):
        surface.auth("client", "secret", signature_metod="HMAC-SHA256")
    async with surface.client(**held(box)) as client:
        with pytest.raises(TypeError, match="tiemout"):
            await client.fetch_request_token(box.request_token_url, tiemout=3)
    assert box.requests == []
