"""Authlib's import paths for requests: its order of arguments, its attributes, its defaults."""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

import pytest
import requests
from authlib.integrations.requests_client import (
    SIGNATURE_HMAC_SHA1,
    SIGNATURE_PLAINTEXT,
    SIGNATURE_RSA_SHA1,
    SIGNATURE_TYPE_BODY,
    SIGNATURE_TYPE_HEADER,
    SIGNATURE_TYPE_QUERY,
    OAuth1Auth,
    OAuth1Session,
    OAuthError,
)
from authlib.oauth1.client import OAuth1Client

from oauthone.errors import InsecureTransportError, SecurityWarning
from oauthone.testing import Faults, ProviderBox

WEAK_KEY = (Path(__file__).parent.parent / "vectors/keys/p-rsa1024-weak-pkcs8.pem").read_text()


@pytest.fixture
def box() -> Iterator[ProviderBox]:
    with ProviderBox() as box:
        yield box


def session(box: ProviderBox, **options: object) -> OAuth1Session:
    return OAuth1Session(box.client.client_id, box.client.client_secret, **options)


def test_the_session_takes_its_arguments_in_order(box: ProviderBox) -> None:
    """client, secret, token, its secret, redirect_uri, rsa_key, verifier, method, type, force_include_body."""
    token = box.issue_token()
    client = OAuth1Session(
        box.client.client_id,
        box.client.client_secret,
        token.token,
        token.token_secret,
        "https://app.example/cb",
        None,
        "a verifier",
        SIGNATURE_HMAC_SHA1,
        SIGNATURE_TYPE_QUERY,
        True,
    )

    said = client.post(box.echo_url, json={"a": 1}).json()

    assert said["placement"] == "QUERY"
    assert "oauth_body_hash" in said["oauth"]
    assert client.redirect_uri == "https://app.example/cb"


def test_the_auth_takes_its_arguments_in_order(box: ProviderBox) -> None:
    """…, signature_type, realm, force_include_body."""
    token = box.issue_token()
    auth = OAuth1Auth(
        box.client.client_id,
        box.client.client_secret,
        token.token,
        token.token_secret,
        None,
        None,
        None,
        SIGNATURE_HMAC_SHA1,
        SIGNATURE_TYPE_HEADER,
        "Photos",
        True,
    )

    said = requests.post(box.echo_url, json={"a": 1}, auth=auth, timeout=10).json()

    assert auth.realm == said["realm"] == "Photos"
    assert "oauth_body_hash" in said["oauth"]


def test_an_auth_with_callback_and_verifier_sends_them(box: ProviderBox) -> None:
    """Both belong to what the caller asked this one object to sign."""
    token = box.issue_token()
    auth = OAuth1Auth(
        box.client.client_id,
        box.client.client_secret,
        token.token,
        token.token_secret,
        redirect_uri="https://app.example/cb",
        verifier="v 1",
    )

    said = requests.get(box.echo_url, auth=auth, timeout=10).json()

    assert said["oauth"]["oauth_callback"] == "https://app.example/cb"
    assert said["oauth"]["oauth_verifier"] == "v 1"


def test_the_realm_of_the_session(box: ProviderBox) -> None:
    """It is sent, and readable at the auth."""
    token = box.issue_token()
    client = session(box, token=token.token, token_secret=token.token_secret, realm="Photos")

    assert client.get(box.echo_url).json()["realm"] == "Photos"
    assert client.auth.realm == "Photos"


def test_no_callback_is_sent_unless_one_is_set(box: ProviderBox) -> None:
    """A provider that wants one says so."""
    client = session(box)

    with pytest.raises(OAuthError, match="parameter_absent"):
        client.fetch_request_token(box.request_token_url)

    assert client.redirect_uri is None
    header = box.requests[-1].header("authorization")
    assert header is not None
    assert "oauth_callback" not in header
    client.redirect_uri = "oob"
    assert client.fetch_request_token(box.request_token_url)["oauth_callback_confirmed"] == "true"
    client.redirect_uri = None
    assert client.redirect_uri is None


def test_a_missing_confirmation_is_tolerated(box: ProviderBox) -> None:
    """And a wrong one is not."""
    client = session(box, redirect_uri="oob")
    box.faults = Faults(callback_confirmed=None)

    assert "oauth_callback_confirmed" not in client.fetch_request_token(box.request_token_url)

    box.faults = Faults(callback_confirmed="false")
    with pytest.raises(OAuthError, match="callback_not_confirmed"):
        client.fetch_request_token(box.request_token_url)


def test_the_token_is_always_a_dict(box: ProviderBox) -> None:
    """Before, between and after the legs, and after it was set."""
    client = session(box, redirect_uri="https://app.example/cb")
    assert client.token == {"oauth_token": None, "oauth_token_secret": None, "oauth_verifier": None}

    temporary = client.fetch_request_token(box.request_token_url)
    assert client.token["oauth_token"] == temporary["oauth_token"]
    assert client.token["oauth_verifier"] is None

    callback = box.visit(client.create_authorization_url(box.authorize_url))
    said = client.parse_authorization_response(callback)
    assert client.token["oauth_verifier"] == said["oauth_verifier"]

    token = client.fetch_access_token(box.access_token_url)
    assert client.token == {**token, "oauth_verifier": None}
    assert client.get(box.echo_url).ok

    client.token = None
    assert client.token["oauth_token"] is None
    client.token = client.token
    assert client.token["oauth_token"] is None
    client.token = token
    assert client.get(box.echo_url).ok


def test_a_token_may_bring_its_verifier(box: ProviderBox) -> None:
    """A dict with oauth_verifier is enough for the third leg."""
    first = session(box, redirect_uri="https://app.example/cb")
    temporary = first.fetch_request_token(box.request_token_url)
    verifier = box.visit(first.create_authorization_url(box.authorize_url)).partition("oauth_verifier=")[2]
    client = session(box)

    client.token = {**temporary, "oauth_verifier": verifier}
    token = client.fetch_access_token(box.access_token_url)

    assert client.get(box.echo_url).json()["token"] == token["oauth_token"]


def test_a_token_without_an_identifier_is_refused(box: ProviderBox) -> None:
    """With the error's word that callers look for."""
    client = session(box)

    with pytest.raises(OAuthError) as caught:
        client.token = {"token": "x"}

    assert caught.value.error == "missing_token"


def test_attributes_of_requests_sessions_are_taken(box: ProviderBox) -> None:
    """They are set; other unknown words are a TypeError."""
    attributes = {
        "cert": ("client.pem", "client.key"),
        "hooks": {"response": []},
        "max_redirects": 3,
        "proxies": {"https": "http://proxy.example"},
        "stream": True,
        "trust_env": False,
        "verify": False,
    }
    client = session(box, **attributes)

    assert {name: getattr(client, name) for name in attributes} == attributes
    with pytest.raises(TypeError, match="tokn"):
        session(box, tokn="x")
    with pytest.raises(ValueError, match="client_id"):
        OAuth1Session("")


def test_weak_keys_are_taken_with_a_warning(box: ProviderBox) -> None:
    """1024 bits sign, and the warning says what to ask for."""
    client = OAuth1Session("k", rsa_key=WEAK_KEY, signature_method=SIGNATURE_RSA_SHA1)
    with pytest.warns(SecurityWarning, match="1024 bits"):
        client.get(box.open_url)

    header = box.requests[-1].header("authorization")
    assert header is not None
    assert 'oauth_signature_method="RSA-SHA1"' in header


def test_strong_keys_raise_no_warning(box: ProviderBox) -> None:
    """Warnings are errors here."""
    client = box.clients["RSA-SHA1"]
    token = box.issue_token(client)

    signed = OAuth1Session(
        client.client_id,
        None,
        token.token,
        token.token_secret,
        rsa_key=client.rsa_key,
        signature_method=SIGNATURE_RSA_SHA1,
        signature_type=SIGNATURE_TYPE_BODY,
    ).post(box.echo_url, data={"a": "b"})

    assert signed.json()["placement"] == "BODY"


def test_plaintext(box: ProviderBox) -> None:
    """The constant names the method."""
    client = box.clients["PLAINTEXT"]
    token = box.issue_token(client)
    signed = OAuth1Session(
        client.client_id, client.client_secret, token.token, token.token_secret, signature_method=SIGNATURE_PLAINTEXT
    )

    assert signed.get(box.echo_url).ok


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("import authlib.jose", "authlib.jose"),
        ("import authlib.oauth2.rfc6749", "authlib.oauth2"),
        ("from authlib.oauth1 import ResourceProtector", "authlib.oauth1.ResourceProtector"),
        ("from authlib.integrations.requests_client import OAuth2Session", "OAuth2Session"),
        ("import authlib.integrations.flask_oauth2", "authlib.integrations.flask_oauth2"),
    ],
)
def test_what_is_not_here_says_so(statement: str, named: str) -> None:
    """An ImportError that names the part and the way out."""
    with pytest.raises(ImportError) as caught:
        exec(statement)

    assert named in str(caught.value)
    assert "install Authlib" in str(caught.value)


@pytest.mark.parametrize("module", ["authlib.oauth1", "authlib.integrations.requests_client"])
def test_what_nobody_has_is_no_attribute(module: str) -> None:
    """hasattr stays honest."""
    assert not hasattr(sys.modules[module], "NoSuchThing")


def test_two_owners_of_the_package_are_named(tmp_path: Path) -> None:
    """Beside the metadata of a real Authlib, the import warns which two distributions collide, and names the cure."""
    source = Path(sys.modules["authlib"].__file__ or "").parent
    (tmp_path / "authlib").symlink_to(source)
    (tmp_path / "Authlib-1.9.10.dist-info").mkdir()
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import authlib"

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=50)

    assert ran.returncode == 0
    assert "two distributions own the package 'authlib'" in ran.stderr
    assert "Authlib-1.9.10.dist-info" in ran.stderr
    assert "Uninstall both" in ran.stderr


class Calling(OAuth1Auth):
    """Adds a header where it is called."""

    def __call__(self, request: Any) -> Any:
        signed = super().__call__(request)
        signed.headers["X-Called"] = "yes"
        return signed


class Preparing(OAuth1Auth):
    """Adds a header and a parameter before it signs."""

    def prepare(self, method: str, uri: str, headers: Any, body: Any) -> Any:
        headers["X-Prepared"] = "yes"
        return super().prepare(method, f"{uri}{'&' if '?' in uri else '?'}added=1", headers, body)


@pytest.mark.parametrize(("kind", "header"), [(Calling, "X-Called"), (Preparing, "X-Prepared")])
@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
def test_an_auth_that_overrides_a_method(box: ProviderBox, kind: Any, header: str, placement: str) -> None:
    """It signs by that method, alone and in a session; a redirect within the origin is signed too, another is not."""
    token = box.issue_token()
    made = kind(*(box.client.client_id, box.client.client_secret, token.token, token.token_secret))
    made.signature_type = placement
    own_session: Any = type("Own", (OAuth1Session,), {"auth_class": lambda *_, **__: made})
    with own_session("c") as in_session, requests.Session() as plain, ProviderBox() as other:
        plain.auth = made
        for client in (in_session, plain):
            answer = client.post(box.echo_url, data={"a": "1"})
            assert answer.json()["placement"] == placement
            assert box.requests[-1].header(header) == "yes"
            if placement == "HEADER" and kind is Calling:
                assert client.get(box.redirect_url("/echo", 302)).json()["token"] == token.token
            client.post(box.redirect_url(other.open_url, 307), data={"a": "1"})
            assert "oauth_signature" not in f"{other.requests[-1]!r} {other.requests[-1].body!r}"
            assert other.requests[-1].header("authorization") is None


class ByGet(OAuth1Session):
    """Sends the legs itself, as sessions for single providers do."""

    def _fetch_token(self, url: str, **options: Any) -> Any:
        response = self.get(url, auth=self.auth, **options)
        self.token = token = self.parse_response_token(response.status_code, response.text)
        return token


class Own(OAuth1Client, requests.Session):
    """A session of a program's own over Authlib's base class."""

    auth_class = OAuth1Auth

    def __init__(self, *arguments: Any, **options: Any) -> None:
        requests.Session.__init__(self)
        OAuth1Client.__init__(self, self, *arguments, **options)


@pytest.mark.parametrize("kind", [ByGet, Own])
def test_a_session_that_sends_its_legs_itself(box: ProviderBox, kind: Any) -> None:
    """Each leg carries what it needs."""
    with kind(box.client.client_id, box.client.client_secret, redirect_uri="https://app.example/cb") as client:
        client.fetch_request_token(box.request_token_url)
        client.parse_authorization_response(box.visit(client.create_authorization_url(box.authorize_url)))
        token = client.fetch_access_token(box.access_token_url)
        client.redirect_uri = None
        assert client.get(box.echo_url).json()["token"] == token["oauth_token"]
        box.faults = Faults(problem="token_rejected")
        with pytest.raises((OAuthError, ValueError), match=r"fetch_token_denied: Token request failed with code 4"):
            client.fetch_request_token(box.request_token_url)
        with pytest.raises((OAuthError, ValueError), match="missing_verifier"):
            client.fetch_access_token(box.access_token_url)


class Parsing(OAuth1Session):
    def parse_response_token(self, status_code: int, text: str, headers: object = ()) -> dict[str, Any]:
        return {"oauth_token": f"{status_code} {text}", "oauth_token_secret": "s"}


class Handling(OAuth1Session):
    @staticmethod
    def handle_error(error_type: str, error_description: str) -> NoReturn:
        raise LookupError(error_type)


def test_a_session_that_reads_responses_and_raises_errors_itself(box: ProviderBox) -> None:
    """Its methods get the status and the text, and each error."""
    with Parsing("c", "s") as client:
        assert client.fetch_request_token(box.request_token_url)["oauth_token"].startswith("4")
    with Handling("c", "s") as client:
        with pytest.raises(LookupError, match="fetch_token_denied"):
            client.fetch_request_token(box.request_token_url)
        with pytest.raises(LookupError, match="missing_token"):
            client.token = {}


def test_what_a_leg_returns(box: ProviderBox) -> None:
    """No form is a `ValueError`; a secret may be missing; and options without a meaning are ignored."""
    with OAuth1Session("c", "s", verifier="v") as client:
        for text, error in (
            ("<html>Down</html>", "missing_token"),
            ("oauth_callback_confirmed=no&oauth_token=t", "call"),
        ):
            client.send = answering(f"{text}&oauth_token_secret=s" if "=no" in text else text)
            with pytest.raises(ValueError, match=error) as caught:
                client.fetch_request_token("https://provider.example/token")
            assert isinstance(caught.value, OAuthError)
        client.send = answering("oauth_token=t")
        for option in ("stream", "allow_redirects"):
            assert client.fetch_request_token("https://provider.example/", **{option: True}) == {"oauth_token": "t"}
        assert client.token["oauth_token_secret"] is None
        with pytest.raises(InsecureTransportError):
            client.fetch_request_token("http://provider.example/token")
        with mock.patch.dict("os.environ", {"AUTHLIB_INSECURE_TRANSPORT": "1"}):
            assert client.fetch_request_token("http://provider.example/token") == {"oauth_token": "t"}


def answering(text: str) -> Any:
    """What tests put in the place of a session's ``send``."""
    return lambda request, **_: mock.MagicMock(spec=requests.Response, status_code=200, text=text, cookies=[])


def test_a_callback_holds_no_secret_and_no_other_token(box: ProviderBox) -> None:
    """A client that holds none takes the callback's token; it returns all parameters, and holds two of them."""
    client = session(box)
    answer = client.parse_authorization_response("https://a.example/?oauth_token=t&oauth_token_secret=x&n=1")
    assert (answer["n"], client.token["oauth_token"], client.token["oauth_token_secret"]) == ("1", "t", None)
    with pytest.raises(OAuthError, match="token_mismatch"):
        client.parse_authorization_response("https://a.example/?oauth_token=other&oauth_verifier=v")
    with pytest.raises(OAuthError, match="permission_denied"):
        client.parse_authorization_response("https://a.example/?oauth_token=t&oauth_problem=permission_denied")
    assert client.parse_authorization_response("a-code") == {"oauth_token": "t", "oauth_verifier": "a-code"}
    with pytest.raises(OAuthError, match="missing_token"):
        session(box).parse_authorization_response("https://a.example/?oauth_verifier=v")


def test_a_pickled_response_holds_no_secret(box: ProviderBox) -> None:
    """Of a session, and of an auth alone; the session sends its request again."""
    token = box.issue_token()
    credentials = (box.client.client_id, box.client.client_secret, token.token, token.token_secret)
    with OAuth1Session(*credentials) as client:
        answers = [client.get(box.echo_url), requests.get(box.echo_url, auth=OAuth1Auth(*credentials), timeout=10)]
        pickles = [pickle.dumps(answer) for answer in answers]
        assert not [secret for secret in credentials[1::2] if any(secret.encode() in one for one in pickles)]
        assert client.send(pickle.loads(pickles[0]).request).json()["token"] == token.token


@pytest.mark.parametrize("placement", [SIGNATURE_TYPE_HEADER, SIGNATURE_TYPE_QUERY, SIGNATURE_TYPE_BODY])
def test_a_refusal_has_a_diagnosis(box: ProviderBox, placement: str) -> None:
    """The server tells that it does not know the token."""
    client = session(box, token="t", token_secret=b"an0ther s3cret", signature_type=placement)
    response = client.post(f"{box.echo_url}?b=x%20y", data={"a": "1 +"})
    assert client.diagnose(response).mistakes == ("token-refused",)
    assert client.explain(response).startswith("The client sent a token that the server does not accept")
    with pytest.raises(OAuthError) as caught:
        client.fetch_access_token(box.access_token_url, "v3rifier")
    assert caught.value.diagnosis.explanation.startswith("The signature is right")
    assert "s3cret" not in repr(pickle.dumps(caught.value))
