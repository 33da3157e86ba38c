"""What the consent page guarantees on the wire: what its headers forbid, and which POST counts."""

import hmac
import re
from collections.abc import Iterator
from html import unescape

import pytest
import requests

from oauthone.clients.requests import OAuth1Session
from oauthone.server import Client
from oauthone.testing import ProviderBox


@pytest.fixture
def box() -> Iterator[ProviderBox]:
    with ProviderBox(decision=None) as box:
        yield box


class Asked:
    """A browser that has loaded the page."""

    def __init__(self, box: ProviderBox, redirect_uri: str | None = "https://app.example/cb") -> None:
        self.box = box
        self.client = OAuth1Session(**box.client.credentials(), redirect_uri=redirect_uri)
        self.token = self.client.fetch_request_token(box.request_token_url)["oauth_token"]
        self.browser = requests.Session()
        self.page = self.browser.get(self.client.create_authorization_url(box.authorize_url), timeout=10)

    def button(self, decision: str) -> str:
        found = re.search(rf'value="({decision}\.[^"]+)"', self.page.text)
        assert found is not None
        return found[1]

    def post(self, decision: str, **changed: str) -> requests.Response:
        form = {"oauth_token": self.token, "decision": decision, **changed}
        return self.browser.post(self.box.authorize_url, data=form, allow_redirects=False, timeout=10)


def test_the_page_says_who_asks_for_what_as_whom(box: ProviderBox) -> None:
    """The client's name, the access, the signed-in user, and the callback."""
    text = unescape(Asked(box).page.text)

    for said in ("Photo printer (HMAC-SHA1)", "Read and write", "alice", "https://app.example"):
        assert said in text


def test_the_page_cannot_be_framed_cached_or_leaked(box: ProviderBox) -> None:
    """Headers forbid framing, caching, referrers, foreign forms and scripts, also on error pages."""
    for page in (Asked(box).page, requests.get(f"{box.authorize_url}?oauth_token=unknown", timeout=10)):
        policy = page.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "form-action 'self'" in policy
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "<script" not in page.text


def test_whatever_it_shows_cannot_be_framed_cached_or_leaked(box: ProviderBox) -> None:
    """This includes the page after a decision, and the redirect, whose URL contains the verification code."""
    bare = [Asked(box, redirect_uri=None) for _ in range(2)]
    there_and_back = [Asked(box) for _ in range(2)]
    pages = [
        bare[0].post("approve"),
        bare[0].post(bare[0].button("approve")),
        bare[1].post(bare[1].button("deny")),
        bare[1].post(bare[1].button("approve")),
        requests.get(f"{box.landing_url}?oauth_verifier=x", timeout=10),
    ]
    redirects = [asked.post(asked.button(how)) for asked, how in zip(there_and_back, ("approve", "deny"), strict=True)]

    assert [page.status_code for page in (*pages, *redirects)] == [403, 200, 200, 400, 200, 302, 302]
    for page in pages:
        policy = page.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
    for answer in (*pages, *redirects):
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_way_back_to_a_private_scheme_is_allowed_by_its_scheme(box: ProviderBox) -> None:
    """A policy cannot name such a URL by its authority, and the page does not."""
    private = "com.example.app:/back"
    box.store.add_client(Client.create("app", "secret", name="App", callbacks=(private,)))
    client = OAuth1Session("app", "secret", redirect_uri=private)
    token = client.fetch_request_token(box.request_token_url)["oauth_token"]
    browser = requests.Session()
    page = browser.get(client.create_authorization_url(box.authorize_url), timeout=10)
    assert "form-action 'self' com.example.app:; " in page.headers["Content-Security-Policy"]
    assert "You will be sent back to com.example.app:." in page.text
    button = re.search(r'value="(approve\.[^"]+)"', page.text)
    assert button is not None
    form = {"oauth_token": token, "decision": button[1]}
    answer = browser.post(box.authorize_url, data=form, allow_redirects=False, timeout=10)
    assert answer.headers["Location"].startswith(f"{private}?oauth_token={token}&oauth_verifier=")


def test_who_agreed_before_is_asked_again(box: ProviderBox) -> None:
    """In the same browser, by the same client, with the same callback: every approval needs a click."""
    asked = Asked(box)
    asked.client.parse_authorization_response(asked.post(asked.button("approve")).headers["Location"])
    asked.client.fetch_access_token(box.access_token_url)
    browser = asked.browser
    for _ in range(2):
        again = Asked(box)
        page = browser.get(again.client.create_authorization_url(box.authorize_url), timeout=10, allow_redirects=False)
        assert page.status_code == 200
        assert "Allow Photo printer" in page.text
        assert box.provider.pending(again.token)[0].verifier is None


def test_the_cookie_is_for_the_server_only(box: ProviderBox) -> None:
    """HttpOnly and SameSite."""
    cookie = Asked(box).page.headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


@pytest.mark.parametrize("made_up", ["fixed-by-somebody", "fixed-by-somebody.", "fixed-by-somebody.0", "", ".", "é.é"])
def test_a_cookie_that_the_box_did_not_give_is_replaced(box: ProviderBox, made_up: str) -> None:
    """An attacker who can set a cookie here does not know the page's proof: the browser gets a new cookie."""
    asked = Asked(box)
    given = asked.browser.cookies["oauthone_box"]
    headers = {"Cookie": f"oauthone_box={made_up}".encode()}

    page = requests.get(f"{box.authorize_url}?oauth_token={asked.token}", headers=headers, timeout=10)

    assert page.cookies["oauthone_box"].partition(".")[0] not in (made_up.partition(".")[0], given.partition(".")[0])
    form = {"oauth_token": asked.token, "decision": re.findall(r'value="(approve\.[^"]+)"', page.text)[0]}
    refused = requests.post(box.authorize_url, data=form, headers=headers, allow_redirects=False, timeout=10)
    assert refused.status_code == 403


def test_the_cookie_stays_as_long_as_the_browser_has_it(box: ProviderBox) -> None:
    """A page in a second tab does not invalidate the first one's form."""
    asked = Asked(box)
    before = asked.browser.cookies["oauthone_box"]
    asked.browser.get(f"{box.authorize_url}?oauth_token={asked.token}", timeout=10)

    assert asked.browser.cookies["oauthone_box"] == before
    assert asked.post(asked.button("approve")).status_code == 302


def test_over_tls_the_cookie_has_the_prefix_of_its_host() -> None:
    """Because of its name, browsers accept it from this host only. A cookie with the other name does not count."""
    with ProviderBox(tls=True, decision=None) as box, OAuth1Session(**box.client.credentials()) as client:
        temporary = client.fetch_request_token(box.request_token_url, verify=box.ca_file)
        url = client.create_authorization_url(box.authorize_url, temporary)
        browser = requests.Session()
        page = browser.get(url, verify=box.ca_file, timeout=10)

        header = page.headers["Set-Cookie"]
        assert header.startswith("__Host-oauthone_box=")
        assert "; Secure" in header
        assert "; Path=/" in header
        assert "Domain" not in header
        value = browser.cookies["__Host-oauthone_box"]
        decision = re.findall(r'value="(approve\.[^"]+)"', page.text)[0]
        form = {"oauth_token": page.url.partition("oauth_token=")[2], "decision": decision}
        statuses = [
            requests.post(
                box.authorize_url, data=form, headers={"Cookie": f"{name}={value}"}, verify=box.ca_file, timeout=10
            ).status_code
            for name in ("oauthone_box", "__Host-oauthone_box")
        ]
        browser.close()
    assert statuses == [403, 200]


def test_approving_leads_back_with_a_verifier(box: ProviderBox) -> None:
    """The browser goes to the callback of the first leg, and the flow continues."""
    asked = Asked(box)

    answer = asked.post(asked.button("approve"))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"https://app.example/cb?oauth_token={asked.token}&oauth_verifier=")
    asked.client.parse_authorization_response(answer.headers["Location"])
    assert asked.client.fetch_access_token(box.access_token_url)["oauth_token"]


def test_denying_leads_back_without_one(box: ProviderBox) -> None:
    """The temporary credentials are invalid at once."""
    asked = Asked(box)

    answer = asked.post(asked.button("deny"))

    assert "oauth_problem=user_refused" in answer.headers["Location"]
    assert asked.post(asked.button("approve")).status_code == 400


def test_a_double_click_approves_once(box: ProviderBox) -> None:
    """Both responses lead to the same URL."""
    asked = Asked(box)

    first, second = asked.post(asked.button("approve")), asked.post(asked.button("approve"))

    assert first.headers["Location"] == second.headers["Location"]


def test_looking_decides_nothing(box: ProviderBox) -> None:
    """A GET, with any parameters, approves nothing."""
    asked = Asked(box)

    answer = asked.browser.get(
        box.authorize_url, params={"oauth_token": asked.token, "decision": asked.button("approve")}, timeout=10
    )

    assert answer.status_code == 200
    assert "Allow" in answer.text


def test_a_forged_post_does_not_count(box: ProviderBox) -> None:
    """Without the page's proof, or with the proof of another decision, token or browser."""
    asked, other = Asked(box), Asked(box)
    approve = asked.button("approve")
    forged = [
        asked.post("approve"),
        asked.post("approve."),
        asked.post("approve.é"),
        asked.post("approve." + asked.button("deny").partition(".")[2]),
        asked.post("reject." + approve.partition(".")[2]),
        asked.post(approve, oauth_token=other.token),
        asked.post(other.button("approve")),
        other.browser.post(
            box.authorize_url,
            data={"oauth_token": asked.token, "decision": approve},
            allow_redirects=False,
            timeout=10,
        ),
        requests.post(
            box.authorize_url,
            data={"oauth_token": asked.token, "decision": approve},
            allow_redirects=False,
            timeout=10,
        ),
    ]

    for answer in forged:
        assert answer.status_code == 403
        assert "does not count" in answer.text
    assert asked.post(approve).status_code == 302


def test_the_pages_proof_is_compared_in_constant_time(box: ProviderBox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The result is that of ``hmac.compare_digest``."""
    asked, other = Asked(box), Asked(box)
    proof = asked.button("approve")
    with monkeypatch.context() as changed:
        changed.setattr(hmac, "compare_digest", lambda *pair: False)
        assert asked.post(proof).status_code == 403
        changed.setattr(hmac, "compare_digest", lambda *pair: len({type(one) for one in pair}) == 1)
        assert other.post("approve.forged").status_code == 302
    assert asked.post(proof).status_code == 302


def test_an_unknown_token_is_an_error_page_and_no_redirect(box: ProviderBox) -> None:
    """An attacker cannot redirect a browser with an unknown token."""
    answer = requests.get(
        box.authorize_url,
        params={"oauth_token": "unknown", "oauth_callback": "https://evil.example/"},
        allow_redirects=False,
        timeout=10,
    )

    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "evil.example" not in answer.text
    asked = Asked(box)
    for token in ("unknown", "", "\N{SNOWMAN}"):
        answer = asked.post(asked.button("approve"), oauth_token=token, oauth_callback="https://evil.example/")
        assert answer.status_code == 403
        assert "Location" not in answer.headers
        assert "evil.example" not in answer.text


def test_a_callback_in_the_authorization_url_is_ignored(box: ProviderBox) -> None:
    """The callback of the first leg counts."""
    asked = Asked(box)
    asked.page = asked.browser.get(
        box.authorize_url,
        params={"oauth_token": asked.token, "oauth_callback": "https://evil.example/"},
        timeout=10,
    )

    answer = asked.post(asked.button("approve"))

    assert answer.headers["Location"].startswith("https://app.example/cb?")


def test_names_are_text(box: ProviderBox) -> None:
    """Markup in a client's or a user's name is escaped."""
    box.user = '<b>"alice"</b>'
    client = box.store.find_client(box.client.client_id)
    assert client is not None
    box.store.add_client(client._replace(name="<script>alert(1)</script>"))

    page = Asked(box).page.text

    assert "<script" not in page
    assert "<b>" not in page


def test_out_of_band_shows_the_code(box: ProviderBox) -> None:
    """The page shows eight letters and digits to type. After a denial it says so."""
    asked = Asked(box, redirect_uri=None)

    shown = asked.post(asked.button("approve"))

    code = re.search(r"<output>([A-Z2-9]{8})</output>", shown.text)
    assert code is not None
    asked.client.parse_authorization_response(code[1])
    assert asked.client.fetch_access_token(box.access_token_url)["oauth_token"]
    refused = Asked(box, redirect_uri=None)
    assert "Refused" in refused.post(refused.button("deny")).text


def test_the_landing_page_says_what_was_decided(box: ProviderBox) -> None:
    """It serves applications without pages of their own."""
    assert "You approved" in requests.get(f"{box.landing_url}?oauth_verifier=x", timeout=10).text
    assert "You refused" in requests.get(f"{box.landing_url}?oauth_problem=user_refused", timeout=10).text
