"""Public reports about OAuth 1.0 clients and servers, as tests of our behaviour on the wire against a box.

Reports about bodies, URLs, redirects, retries, the flow and token responses are marked at those tests.
"""

import http.client
import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import pkcs12

from oauthone import RsaKey, Signer
from oauthone.clients.requests import OAuth1Auth, OAuth1Session
from oauthone.core.body import FORM
from oauthone.errors import AccessDenied, CallbackError, OAuthError, SigningError, TokenResponseError
from oauthone.server import Client, IssuedToken, Verifier, exactly_registered
from oauthone.testing import Faults, ProviderBox

from ..matrix import METHODS, PLACEMENTS, nonces, places, protocol_names
from ..servers import ScriptedServer, answer

Opener = Callable[..., OAuth1Session]
AuthMaker = Callable[..., OAuth1Auth]


def forged(response: requests.Response, **changes: Any) -> requests.Response:
    """Send the request of ``response`` again byte for byte, except for ``changes``, and return the response."""
    request = requests.PreparedRequest()
    request.__dict__.update(response.request.__dict__)
    request.headers = response.request.headers.copy()
    for name, value in changes.items():
        if name == "headers":
            request.headers.update(value)
        else:
            setattr(request, name, value)
    request.headers["Content-Length"] = str(len(request.body or b""))
    with requests.Session() as plain:
        return plain.send(request)


# --- base string and encoding -----------------------------------------------------------------------------------------


@pytest.mark.seen_in("oauthlib#563")
@pytest.mark.seen_in("oauthlib#304")
@pytest.mark.seen_in("oauthlib#404")
@pytest.mark.seen_in("requests-oauth#45")
@pytest.mark.parametrize("query", ["$top=1", "name='x'", "filter[x]=1", 'q={"a":[1]}', "a|b=c|d", "a^b=`c`\\"])
def test_every_character_in_a_query_is_signed_as_it_is_sent(box: ProviderBox, open_session: Opener, query: str) -> None:
    """Every query that requests sends is signed, and the provider decodes it."""
    response = open_session(box).get(f"{box.echo_url}?{query}")
    name, _, value = query.partition("=")
    assert response.json()["query"] == [[name, value]]


@pytest.mark.seen_in("oauthlib#662")
@pytest.mark.parametrize("query", ["q=100%", "q=%F0", "%=%zz", "q=%C3%28", "%%41"])
def test_a_malformed_percent_stands_for_itself(box: ProviderBox, query: str) -> None:
    """The provider verifies or rejects requests that our clients never send, and never fails."""
    signer = Signer(**box.client.credentials(), **box.issue_token()._asdict())
    signed = signer.sign("GET", f"{box.echo_url}?{query}")
    for authorization, status in ((signed.authorization, 200), ('OAuth oauth_nonce="%"', 400), ("OAuth x", 400)):
        connection = http.client.HTTPConnection(urlsplit(box.origin).netloc)
        connection.request("GET", f"/echo?{query}", headers={"Authorization": authorization or ""})
        assert connection.getresponse().status == status
        connection.close()
        assert box.requests[-1].url == f"{box.echo_url}?{query}"


def test_octets_that_are_not_utf8_are_signed_as_octets(box: ProviderBox, open_session: Opener) -> None:
    """``%FF`` is signed as ``%FF``: another byte instead is detected."""
    response = open_session(box).get(f"{box.echo_url}?q=%FF")
    assert response.json()["query"] == [["q", "\\xff"]]
    for other in ("%FE", "%EF%BF%BD"):
        refused = forged(response, url=f"{box.echo_url}?q={other}")
        assert refused.json()["problem"] == "signature_invalid"
        assert f"q%3D{quote(other)}" in refused.json()["base_string"]


@pytest.mark.seen_in("postman#1874")
@pytest.mark.seen_in("PHPoAuthLib#559")
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_plus_and_space_are_told_apart(box: ProviderBox, open_session: Opener, placement: str) -> None:
    """``a+b`` and ``a%20b`` mean the same to both sides, and ``%2B`` is a plus, in query and form."""
    session = open_session(box, placement=placement)
    response = session.post(
        f"{box.echo_url}?a=a+b&b=a%20b&c=a%2Bb", data=b"d=a+b&e=a%20b&f=a%2Bb", headers={"Content-Type": FORM}
    )
    said = response.json()
    assert said["query"][:3] == [["a", "a b"], ["b", "a b"], ["c", "a+b"]]
    assert said["form"][:3] == [["d", "a b"], ["e", "a b"], ["f", "a+b"]]


@pytest.mark.seen_in("oauth1-signer-python#3")
@pytest.mark.seen_in("oauth1-signer-python#21")
@pytest.mark.seen_in("oauth1-signer-python#22")
@pytest.mark.seen_in("WP-API/OAuth1#79")
@pytest.mark.seen_in("WP-API/OAuth1#127")
@pytest.mark.seen_in("BazingaOAuthServerBundle#31")
@pytest.mark.seen_in("CORDEA/oauth#4")
@pytest.mark.seen_in("Insomnia#1681")
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_names_and_values_may_hold_every_character(box: ProviderBox, open_session: Opener, placement: str) -> None:
    """Reserved, unreserved and other characters are decoded, and encoded twice in the base string."""
    characters = "".join(map(chr, range(1, 0x100))) + "한€𝄞"
    pairs = [(f"n{character}", f"v{character}") for character in characters]
    response = open_session(box, placement=placement).post(box.echo_url, params=pairs, data=pairs)
    assert response.ok, response.text
    assert [tuple(pair) for pair in response.json()["form"][: len(pairs)]] == pairs
    assert [tuple(pair) for pair in response.json()["query"][: len(pairs)]] == pairs


@pytest.mark.seen_in("aioauth-client#118")
@pytest.mark.seen_in("insomnia-plugin-mastercard#13")
@pytest.mark.seen_in("liboauthcpp#20")
def test_the_final_url_is_signed(box: ProviderBox, open_session: Opener) -> None:
    """The signature covers the URL that requests makes of URL and ``params``, as the provider received it."""
    session = open_session(box)
    response = session.get(f"{box.origin}/a%2Fb,c/%7e?d=%2F,e&{'f=%7e'}", params={"g": "/,h"})
    assert response.ok, response.text
    assert box.requests[0].url == f"{box.origin}/a%2Fb,c/~?d=%2F,e&f=~&g=%2F%2Ch"
    assert response.request.url == box.requests[0].url


@pytest.mark.seen_in("oauth-1.0a#26")
@pytest.mark.seen_in("signet#173")
@pytest.mark.seen_in("request#612")
@pytest.mark.seen_in("postman#404")
def test_every_parameter_of_the_same_name_is_signed(box: ProviderBox, open_session: Opener) -> None:
    """Each is signed, in the query, in the form, and in both."""
    response = open_session(box).post(f"{box.echo_url}?a=2&a=1&a=1", data=[("a", "3"), ("a", "1")])
    assert response.ok
    for changes in ({"url": f"{box.echo_url}?a=2&a=1"}, {"url": f"{box.echo_url}?a=2&a=1&a=3"}, {"body": "a=3"}):
        assert forged(response, **changes).json()["problem"] == "signature_invalid"
    assert forged(response, url=f"{box.echo_url}?a=1&a=2&a=1").json()["problem"] == "nonce_used"


def test_names_are_sorted_before_values(box: ProviderBox, open_session: Opener) -> None:
    """``a=1`` comes before ``a-b=2``, though ``-`` sorts before ``=``."""
    session = open_session(box)
    assert session.get(f"{box.echo_url}?a-b=2&a=1&a!=0&a%00=3&a%3D=4").ok
    refused = session.get(f"{box.echo_url}?a-b=2&a=1", headers={"OAuth-Base-String": "x"}, auth=OAuth1Auth(
        box.client.client_id, "wrong", token="t", token_secret="x",
    ))  # fmt: skip
    assert "&a%3D1%26a-b%3D2%26oauth_consumer_key" in refused.json()["base_string"]


@pytest.mark.seen_in("oauth1-client#24")
@pytest.mark.seen_in("oauth1-client#39")
@pytest.mark.seen_in("oauth-1.0a#49")
@pytest.mark.seen_in("request#1177")
@pytest.mark.seen_in("request#2734")
@pytest.mark.seen_in("PHPoAuthLib#596")
@pytest.mark.seen_in("mautic#6443")
def test_names_with_brackets_are_signed_as_they_are(box: ProviderBox, open_session: Opener) -> None:
    """They arrive unchanged: nothing is nested."""
    names = ["searchCriteria[filterGroups][0][filters][0][field]", "a[]", "a[b]", "[", "]["]
    data = [(name, "x") for name in names]
    response = open_session(box).post(box.echo_url, params=data, data=data)
    assert [name for name, _ in response.json()["query"]] == names
    assert [name for name, _ in response.json()["form"]] == names


@pytest.mark.seen_in("tumblr.js#30")
@pytest.mark.seen_in("pytumblr#32")
def test_empty_names_and_values_are_signed_as_they_are_sent(box: ProviderBox, open_session: Opener) -> None:
    """An empty value, a name without one, an empty list and None."""
    session = open_session(box)
    assert session.get(f"{box.echo_url}?a=&b").json()["query"] == [["a", ""], ["b", ""]]
    response = session.post(box.echo_url, params={"a": "", "b": [], "c": None}, data={"a": "", "b": [], "c": None})
    assert (response.json()["query"], response.json()["form"]) == ([["a", ""]], [["a", ""]])


@pytest.mark.seen_in("oauthlib#83")
@pytest.mark.seen_in("oauthlib#650")
@pytest.mark.seen_in("oauthlib#651")
@pytest.mark.parametrize("path", ["/a;version=1/b;c", "//a//", "/a%2Fb", "/a b/é", "/%e4%20%25", "/", ""])
def test_a_path_is_signed_as_it_stands_on_the_wire(box: ProviderBox, open_session: Opener, path: str) -> None:
    """Path parameters, doubled slashes, spaces and escapes are kept; an empty path is ``/``."""
    response = open_session(box).get(box.origin + path)
    assert response.ok, response.text
    assert forged(response, url=f"{box.origin}{path}/more").json()["problem"] == "signature_invalid"


def test_a_realm_in_query_and_form_is_signed(box: ProviderBox, open_session: Opener) -> None:
    """Only the realm of the header is unsigned. A change of another one is detected, even if the header has a realm."""
    for realm in (None, "R"):
        session = open_session(box, realm=realm)
        response = session.post(f"{box.echo_url}?realm=a", data={"realm": "b"})
        assert response.ok
        assert forged(response, url=f"{box.echo_url}?realm=c").json()["problem"] == "signature_invalid"
        assert forged(response, url=box.echo_url).json()["problem"] == "signature_invalid"
        assert forged(response, body="realm=c").json()["problem"] == "signature_invalid"
        plain = session.get(box.echo_url)
        assert forged(plain, url=f"{box.echo_url}?realm=x").json()["problem"] == "signature_invalid"


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_identifiers_are_decoded_once(box: ProviderBox, open_session: Opener, placement: str) -> None:
    """A token that looks encoded arrives unchanged."""
    for token in ("a%2Bb", "a+b", "a=b&c", "é한", "%25", "%", "a b", 'a"b', "a\\b"):
        box.store.save_token(IssuedToken(token, "s", box.client.client_id, "bob"))
        session = open_session(box, placement=placement)
        session.token = {"oauth_token": token, "oauth_token_secret": "s"}
        assert session.get(box.echo_url).json()["token"] == token


@pytest.mark.seen_in("oauth1-signer-python#35")
@pytest.mark.seen_in("oauth1-signer-java#24")
@pytest.mark.seen_in("AsyncOAuth#21")
@pytest.mark.seen_in("rauth#131")
@pytest.mark.parametrize("method", METHODS)
def test_every_value_of_the_header_is_encoded(box: ProviderBox, open_session: Opener, method: str) -> None:
    """Signature, token, body hash and all others contain only unreserved characters and escapes in capitals."""
    open_session(box, method, body_hash="auto").post(box.echo_url, data=b"\xff")
    assert box.requests[0].verified is not None
    header = box.requests[0].header("authorization") or ""
    values = re.findall(r'oauth_\w+="([^"]*)"', header)
    assert len(values) == header.count('="')
    assert [value for value in values if not re.fullmatch("(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+", value)] == []


@pytest.mark.seen_in("dghubble#72")
def test_both_secrets_are_encoded_in_the_key(box: ProviderBox) -> None:
    """Secrets with reserved and other characters work, and so does an empty token secret."""
    for secret in ("a&b", "a%26b", "é 한", "&", "a+b/c=="):
        box.store.add_client(Client(f"client {secret}", secret))
        for token_secret in (secret, ""):
            box.store.save_token(IssuedToken(f"t{secret}{token_secret}", token_secret, f"client {secret}"))
            auth = OAuth1Auth(f"client {secret}", secret, token=f"t{secret}{token_secret}", token_secret=token_secret)
            assert requests.get(box.echo_url, auth=auth).ok
        assert requests.get(box.two_legged_url, auth=OAuth1Auth(f"client {secret}", secret)).ok


# --- transport --------------------------------------------------------------------------------------------------------


@pytest.mark.seen_in("requests-oauthlib#94")
@pytest.mark.seen_in("requests-oauthlib#116")
@pytest.mark.seen_in("requests-oauthlib#118")
@pytest.mark.seen_in("PyPump#120")
@pytest.mark.seen_in("infoscoop#183")
@pytest.mark.seen_in("oauth-1.0a#79")
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_redirect_that_adds_a_slash_is_signed(box: ProviderBox, open_session: Opener, placement: str) -> None:
    """A redirect that adds a slash to the path gets a signature for the new path."""
    session = open_session(box, placement=placement)
    assert session.get(box.redirect_url("/echo/?a=1", 301)).ok
    assert len(set(nonces(box.requests))) == 2
    assert box.requests[1].query()[0] == (b"a", b"1")


@pytest.mark.seen_in("oauthlib#946")
@pytest.mark.seen_in("oauthlib#960")
@pytest.mark.seen_in("oauth-1.0a#79")
def test_nonces_do_not_collide(box: ProviderBox, open_session: Opener) -> None:
    """Sessions of one client that sign in the same second never make the same nonce."""
    sessions = [open_session(box, clock=lambda: int(time.time())) for _ in range(4)]
    for _ in range(10):
        for session in sessions:
            assert session.get(box.echo_url).ok
    found = nonces(box.requests)
    assert len(set(found)) == 40
    assert {len(nonce) for nonce in found} == {24}


@pytest.mark.seen_in("oauth1-signer-java#9")
@pytest.mark.seen_in("ruby-oauth#50")
@pytest.mark.seen_in("dghubble#45")
def test_a_nonce_function_can_be_passed(box: ProviderBox, open_session: Opener) -> None:
    """The default suits servers that accept 24 letters and digits; for others, pass a function."""
    counter = iter(range(100))
    session = open_session(box, nonce=lambda: f"{next(counter):08}")
    assert [session.get(box.echo_url).json()["oauth"]["oauth_nonce"] for _ in range(2)] == ["00000000", "00000001"]


@pytest.mark.seen_in("cloud-init#2607")
@pytest.mark.seen_in("oauth-1.0a#11")
@pytest.mark.seen_in("Geocaching4Locus#26")
@pytest.mark.seen_in("gdata-objc#82")
def test_a_clock_can_be_passed(open_session: Opener) -> None:
    """The provider reports a wrong clock, and the caller corrects it. No response changes the clock."""
    ahead = 3_000
    with ProviderBox(faults=Faults(clock_skew=ahead)) as box:
        session = open_session(box)
        for _ in range(2):
            refused = session.get(box.echo_url)
            assert (refused.status_code, refused.json()["problem"]) == (401, "timestamp_refused")
            assert "s behind this server's clock" in refused.json()["reason"]
        assert open_session(box, clock=lambda: time.time() + ahead).get(box.echo_url).ok


def test_signing_for_http_needs_no_switch(box: ProviderBox, open_session: Opener) -> None:
    """A provider with http alone can be used: by a session, by a bare auth, with HMAC and RSA."""
    for method in ("HMAC-SHA256", "RSA-SHA256"):
        assert open_session(box, method, "QUERY").get(box.echo_url).ok


# --- the flow ---------------------------------------------------------------------------------------------------------


def test_the_callback_is_not_on_the_authorization_url(box: ProviderBox) -> None:
    """The first leg carried it. For a provider of OAuth 1.0, the caller can add it."""
    with OAuth1Session(**box.client.credentials(), redirect_uri="http://127.0.0.1/done") as session:
        session.fetch_request_token(box.request_token_url)
        assert "oauth_callback" not in session.create_authorization_url(box.authorize_url)
        asked = session.create_authorization_url(box.authorize_url, oauth_callback="http://127.0.0.1/done")
        assert asked.endswith("&oauth_callback=http%3A%2F%2F127.0.0.1%2Fdone")


@pytest.mark.seen_in("rauth#66")
@pytest.mark.seen_in("rauth#29")
@pytest.mark.seen_in("python-oauth2#10")
def test_oob_is_what_is_sent_by_default(box: ProviderBox) -> None:
    """A provider of OAuth 1.0a always gets a callback, and uses a registered one for ``oob``."""
    with OAuth1Session(**box.client.credentials()) as session:
        session.fetch_request_token(box.request_token_url)
        assert 'oauth_callback="oob"' in (box.requests[0].header("authorization") or "")
        session.redirect_uri = ""
        with pytest.raises(TokenResponseError, match="parameter_absent"):
            session.fetch_request_token(box.request_token_url)
    registered = Client("registered", "secret", callbacks=("http://127.0.0.1/registered",))
    box.store.add_client(registered)
    with OAuth1Session("registered", "secret") as session:
        session.fetch_request_token(box.request_token_url)
        url = session.create_authorization_url(box.authorize_url)
        assert box.visit(url).startswith("http://127.0.0.1/registered?oauth_token=")


@pytest.mark.parametrize("value", ["false", "yes", "1", ""])
def test_an_unconfirmed_callback_is_an_error(value: str) -> None:
    """Any value but ``true`` is rejected, and the response is never accepted silently."""
    with (
        ProviderBox(faults=Faults(callback_confirmed=value)) as box,
        OAuth1Session(**box.client.credentials()) as session,
    ):
        with pytest.raises(TokenResponseError) as refused:
            session.fetch_request_token(box.request_token_url)
        assert refused.value.error == "callback_not_confirmed"


@pytest.mark.seen_in("requests-oauthlib#502")
def test_the_url_of_the_authorization_page_is_not_a_callback(box: ProviderBox) -> None:
    """The URL of the authorization page is not a callback, and the error says so."""
    with OAuth1Session(**box.client.credentials()) as session:
        session.fetch_request_token(box.request_token_url)
        with pytest.raises(CallbackError, match="not the URL of the authorization page"):
            session.parse_authorization_response(box.authorize_url)
        with pytest.raises(OAuthError, match="parse_authorization_response"):
            session.fetch_access_token(box.access_token_url)


@pytest.mark.seen_in("flask-dance#52")
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_the_exchange_is_signed_with_the_temporary_secret(box: ProviderBox, placement: str) -> None:
    """The provider checks it, and rejects a session without that secret."""
    client = box.client.credentials()
    with OAuth1Session(**client, signature_type=placement) as session:
        saved = session.fetch_request_token(box.request_token_url)
        code = box.visit(session.create_authorization_url(box.authorize_url))
    with OAuth1Session(**client, signature_type=placement, token=saved["oauth_token"]) as forgetful:
        with pytest.raises(TokenResponseError) as refused:
            forgetful.fetch_access_token(box.access_token_url, code)
        assert (refused.value.status, refused.value.problem) == (401, "signature_invalid")
    assert "empty token secret" in (box.requests[-1].difference or "")
    with OAuth1Session(**client, signature_type=placement) as other:
        assert other.fetch_access_token(box.access_token_url, code, request_token=saved)


@pytest.mark.seen_in("oauth-1.0a#78")
@pytest.mark.seen_in("meteor#1825")
@pytest.mark.seen_in("PHPoAuthLib#306")
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_all_parameters_travel_in_one_place(box: ProviderBox, placement: str) -> None:
    """The verifier has the placement of the signature, in the last leg alone, and once."""
    with OAuth1Session(**box.client.credentials(), signature_type=placement) as session:
        session.fetch_request_token(box.request_token_url, data={"scope": "a"})
        code = box.visit(session.create_authorization_url(box.authorize_url))
        session.fetch_access_token(box.access_token_url, code, data={"a": "1"})
        session.post(box.echo_url, data={"a": "1"})
    first, _, last, request = box.requests
    assert [list(places(received)) for received in (first, last, request)] == [[placement]] * 3
    assert [protocol_names(received).count("oauth_verifier") for received in (first, last, request)] == [0, 1, 0]


@pytest.mark.seen_in("jira#953")
@pytest.mark.seen_in("flask-oauth#59")
def test_a_rejected_leg_raises_the_providers_reason(box: ProviderBox) -> None:
    """The error has the status, the problem and the beginning of the response."""
    with OAuth1Session(box.client.client_id, "wrong") as session, pytest.raises(TokenResponseError) as refused:
        session.fetch_request_token(box.request_token_url)
    error = refused.value
    assert (error.status, error.problem, error.body) == (401, "signature_invalid", "oauth_problem=signature_invalid")
    assert "401" in str(error)


def test_a_denial_is_told_apart_from_a_missing_parameter(box: ProviderBox) -> None:
    """A person who presses Cancel does not look like a failure."""
    box.decision = "deny"
    with OAuth1Session(**box.client.credentials(), redirect_uri="http://127.0.0.1/") as session:
        session.fetch_request_token(box.request_token_url)
        with pytest.raises(AccessDenied):
            session.parse_authorization_response(box.visit(session.create_authorization_url(box.authorize_url)))


# --- keys and methods -------------------------------------------------------------------------------------------------


def key_forms(pem: str) -> Iterator[tuple[str, Any]]:
    key: Any = serialization.load_pem_private_key(pem.encode(), None)
    formats, none = serialization.PrivateFormat, serialization.NoEncryption()
    locked = serialization.BestAvailableEncryption(b"pass")
    yield "PEM text", pem
    yield "PEM octets", pem.encode()
    yield "PEM with \\n from the environment", pem.strip().replace("\n", "\\n")
    yield "PKCS#1", key.private_bytes(serialization.Encoding.PEM, formats.TraditionalOpenSSL, none)
    yield "DER", key.private_bytes(serialization.Encoding.DER, formats.PKCS8, none)
    yield "a key object", key
    yield "encrypted PEM", RsaKey(key.private_bytes(serialization.Encoding.PEM, formats.PKCS8, locked), password="pass")
    yield "PKCS#12", RsaKey(pkcs12.serialize_key_and_certificates(b"k", key, None, None, locked), password="pass")
    yield "a callable", lambda octets: key.sign(octets, padding.PKCS1v15(), SHA256())


@pytest.mark.seen_in("jersey#2632")
@pytest.mark.seen_in("oauth-subscriber#25")
@pytest.mark.seen_in("clj-oauth#62")
@pytest.mark.seen_in("jira#362")
def test_every_form_of_a_private_key_is_read(box: ProviderBox) -> None:
    """Strings and bytes, PKCS#1 and #8, DER, PKCS#12, with a password, an object, and a function that signs."""
    client = box.clients["RSA-SHA256"]
    token = box.issue_token(client)._asdict()
    forms = dict(key_forms(client.rsa_key or ""))
    assert len(forms) == 9
    for name, form in forms.items():
        credentials = {**client.credentials(), "rsa_key": form}
        with OAuth1Session(**credentials, **token) as session:
            assert session.get(box.echo_url).ok, name
    public: Any = serialization.load_pem_private_key((client.rsa_key or "").encode(), None).public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(SigningError, match="private"):
        OAuth1Session("client", signature_method="RSA-SHA256", rsa_key=pem)


def test_a_private_key_is_loaded_once(box: ProviderBox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for the session, not for each request, leg, redirect or token."""
    loaded: list[bytes] = []
    load = serialization.load_pem_private_key

    def counting(data: bytes, *args: Any, **kwargs: Any) -> Any:
        loaded.append(data)
        return load(data, *args, **kwargs)

    monkeypatch.setattr(serialization, "load_pem_private_key", counting)
    with OAuth1Session(**box.clients["RSA-SHA1"].credentials()) as session:
        session.fetch_request_token(box.request_token_url)
        code = box.visit(session.create_authorization_url(box.authorize_url))
        token = session.fetch_access_token(box.access_token_url, code)
        assert session.get(box.redirect_url("/echo")).ok
        session.token = token
        for _ in range(5):
            assert session.get(box.echo_url).ok
        assert requests.get(box.echo_url, auth=session.auth).ok
    assert len(loaded) == 1


@pytest.mark.seen_in("jira#1643")
@pytest.mark.seen_in("jira#1664")
@pytest.mark.seen_in("jira#1677")
def test_the_signature_method_is_the_one_that_was_passed(box: ProviderBox, open_session: Opener) -> None:
    """If a provider rejects it, that is an error. No response makes the session use another method."""
    session = open_session(box, "HMAC-SHA256")
    other = OAuth1Auth(box.client.client_id, box.client.client_secret, token="t", signature_method="HMAC-SHA512")
    for _ in range(2):
        refused = session.get(box.echo_url, auth=other)
        assert (refused.status_code, refused.json()["problem"]) == (401, "signature_invalid")
    sent = [re.findall('method="([^"]+)"', received.header("authorization") or "") for received in box.requests]
    assert sent == [["HMAC-SHA512"], ["HMAC-SHA512"]]


@pytest.mark.seen_in("magento2#35510")
@pytest.mark.seen_in("klaviyo#177")
@pytest.mark.seen_in("oauth1-client#150")
@pytest.mark.seen_in("nscabinet#31")
@pytest.mark.seen_in("oauthlib#690")
@pytest.mark.parametrize("method", METHODS)
def test_every_signature_method_is_built_in(box: ProviderBox, open_session: Opener, method: str) -> None:
    """HMAC and RSA with SHA-1, SHA-256 and SHA-512, and PLAINTEXT, for forms and JSON."""
    session = open_session(box, method)
    assert session.post(box.echo_url, data={"a": "1"}).json()["oauth"]["oauth_signature_method"] == method
    assert session.post(box.echo_url, json={}).ok


@pytest.mark.seen_in("timbal#80")
def test_the_header_holds_no_parameter_of_the_request(box: ProviderBox, open_session: Opener) -> None:
    """Parameters of the query stay there. The header has the realm and the protocol parameters."""
    session = open_session(box, realm="1234567_SB1")
    assert session.get(f"{box.echo_url}?script=1&deploy=2").ok
    names = re.findall(r'[ ,](\w+)="', box.requests[0].header("authorization") or "")
    assert names[0] == "realm"
    assert [name for name in names[1:] if not name.startswith("oauth_")] == []


# --- what the provider sees -------------------------------------------------------------------------------------------


@pytest.mark.seen_in("ltiauthenticator#1")
@pytest.mark.seen_in("ltiauthenticator#4")
@pytest.mark.seen_in("ims-lti#55")
@pytest.mark.seen_in("edx#5016")
@pytest.mark.seen_in("marsha#129")
@pytest.mark.seen_in("illumidesk#510")
@pytest.mark.seen_in("INGInious#641")
def test_a_provider_behind_a_proxy_verifies_its_public_url() -> None:
    """With its public URL as a setting it verifies what was signed for that URL; headers of a proxy do not count."""
    with ProviderBox() as box:
        token = box.issue_token()
        signer = Signer(**box.client.credentials(), **token._asdict())
        forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "api.example"}

        def answered() -> requests.Response:
            signed = signer.sign("GET", "https://api.example/v1/echo?a=1")
            headers = {**forwarded, "Authorization": signed.authorization or ""}
            return requests.get(f"{box.echo_url}?a=1", headers=headers)

        assert answered().status_code == 401
        box.verifier = Verifier(box.store, public_url="https://api.example/v1")
        assert answered().ok


def test_a_body_is_verified_by_its_hash(box: ProviderBox, open_session: Opener) -> None:
    """Another body than the hashed one is rejected, and so is a hash together with a form."""
    session = open_session(box, body_hash="auto")
    response = session.post(box.echo_url, data=b'{"amount": 1}', headers={"Content-Type": "application/json"})
    assert response.ok
    refused = forged(response, body=b'{"amount": 9}')
    assert (refused.status_code, refused.json()["problem"]) == (401, "signature_invalid")
    assert forged(response, headers={"Content-Type": FORM}).json()["problem"] == "parameter_rejected"


def test_a_forged_request_uses_up_no_nonce(box: ProviderBox) -> None:
    """The genuine one is accepted after it, once."""
    signed = Signer(**box.client.credentials(), **box.issue_token()._asdict()).sign("GET", f"{box.echo_url}?a=1")
    headers = {"Authorization": signed.authorization or ""}
    assert requests.get(f"{box.echo_url}?a=2", headers=headers).status_code == 401
    assert requests.get(f"{box.echo_url}?a=1", headers=headers).ok
    assert requests.get(f"{box.echo_url}?a=1", headers=headers).json()["problem"] == "nonce_used"


@pytest.mark.parametrize("seconds", [10**9, 400, -400])
def test_a_timestamp_outside_the_window_is_rejected(box: ProviderBox, open_session: Opener, seconds: int) -> None:
    """Past and future are rejected alike outside of the window."""
    refused = open_session(box, clock=lambda: time.time() + seconds).get(box.echo_url)
    assert (refused.status_code, refused.json()["problem"]) == (401, "timestamp_refused")


@pytest.mark.parametrize("name", ["authorization", "AUTHORIZATION", "Authorization", "aUTHORIZATION"])
def test_header_names_are_case_insensitive(box: ProviderBox, name: str) -> None:
    """Nor do the scheme, and the name of the body's type."""
    token = box.issue_token()._asdict()
    signed = Signer(**box.client.credentials(), **token).sign(
        "POST", box.echo_url, {"content-TYPE": FORM.upper()}, b"a=1"
    )
    authorization = (signed.authorization or "").replace("OAuth", "oAUTH", 1)
    headers = {name: authorization, "CONTENT-type": FORM.upper()}
    assert requests.post(box.echo_url, b"a=1", headers=headers).json()["form"] == [["a", "1"]]


@pytest.mark.seen_in("pylti/lti#56")
@pytest.mark.seen_in("oauth1-signer-java#9")
def test_identifiers_and_nonces_may_have_any_length(box: ProviderBox) -> None:
    """Within the limits of a header, any length is accepted."""
    for text in ("a", "ä" * 300, "-" * 1000):
        box.store.add_client(Client(text, "s"))
        auth = OAuth1Auth(text, "s", nonce=lambda text=text: text)
        assert requests.get(box.two_legged_url, auth=auth).json()["client_id"] == text


@pytest.mark.seen_in("oauthlib#58")
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_requests_without_a_token_are_verified(box: ProviderBox, placement: str) -> None:
    """They are verified if a resource accepts them, in every placement, and rejected elsewhere."""
    with OAuth1Session(**box.client.credentials(), signature_type=placement) as session:
        assert session.post(box.two_legged_url, data={"a": "1"}).json()["token"] is None
        assert session.post(box.echo_url, data={"a": "1"}).json()["problem"] == "parameter_absent"


@pytest.mark.seen_in("oauthlib#107")
@pytest.mark.seen_in("ltiauthenticator#139")
@pytest.mark.seen_in("ltiauthenticator#136")
def test_a_provider_requires_a_callback_only_in_the_first_leg(box: ProviderBox) -> None:
    """The first leg requires a callback, and the provider itself adds none elsewhere."""
    signer = Signer(**box.client.credentials())
    without = signer.sign("POST", box.request_token_url)
    answered = requests.post(box.request_token_url, headers={"Authorization": without.authorization or ""})
    said = "oauth_problem=parameter_absent&oauth_parameters_absent=oauth_callback"
    assert (answered.status_code, answered.text) == (400, said)
    for callback in ("about:blank", "oob"):
        signed = signer.sign("POST", box.two_legged_url, callback=callback)
        said = requests.post(box.two_legged_url, headers={"Authorization": signed.authorization or ""}).json()
        assert said["oauth"]["oauth_callback"] == callback
    signed = signer.sign("POST", box.two_legged_url)
    said = requests.post(box.two_legged_url, headers={"Authorization": signed.authorization or ""}).json()
    assert "oauth_callback" not in said["oauth"]


@pytest.mark.seen_in("oauthlib#695")
@pytest.mark.seen_in("oauthlib#59")
@pytest.mark.seen_in("oauthlib#120")
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_callback_that_looks_encoded_is_used_character_for_character(placement: str) -> None:
    """It is compared and used character for character, with any query."""
    callback = "http://127.0.0.1/done?next=%2Fa%3Fb%26c&x=%2541&y=a+b"
    with ProviderBox(callback_rule=exactly_registered) as box:
        box.store.add_client(Client("registered", "secret", callbacks=(callback,)))
        with OAuth1Session("registered", "secret", signature_type=placement, redirect_uri=callback) as session:
            session.fetch_request_token(box.request_token_url)
            address = box.visit(session.create_authorization_url(box.authorize_url))
            assert address.startswith(callback + "&oauth_token=")
            session.parse_authorization_response(address)
            assert session.fetch_access_token(box.access_token_url)


def test_the_flow_needs_only_the_responses_of_a_provider() -> None:
    """The flow needs only the responses of a provider."""
    script = [
        answer("oauth_token=a&oauth_token_secret=b&oauth_callback_confirmed=true"),
        answer("oauth_token=c&oauth_token_secret=d"),
    ]
    with ScriptedServer(*script) as server, OAuth1Session("client", "secret") as session:
        session.fetch_request_token(server.origin)
        session.fetch_access_token(server.origin, "v")
        assert session.token == {"oauth_token": "c", "oauth_token_secret": "d"}
