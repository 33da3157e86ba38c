"""The pytest plugin, in separate test suites."""

import pytest

pytest_plugins = ["pytester"]

SENDS = """
import requests
from oauthone.clients.requests import OAuth1Auth

def get(box, secret):
    return requests.get(box.two_legged_url + "?q=a%20b", auth=OAuth1Auth(box.client.client_id, secret), timeout=10)
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(sends=SENDS)
    return pytester


def ran(suite: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return suite.runpytest_inprocess("-p", "no:cacheprovider", *arguments)


def test_a_well_signed_request_passes(suite: pytest.Pytester) -> None:
    """The fixture returns a box, and has no other effect."""
    suite.makepyfile(
        """
        from sends import get

        def test_it(oauth1_provider):
            assert get(oauth1_provider, oauth1_provider.client.client_secret).json()["client_id"] == "box-hmac-sha1"
        """
    )

    ran(suite).assert_outcomes(passed=1)


def test_a_wrongly_signed_request_fails_the_test_that_sent_it(suite: pytest.Pytester) -> None:
    """Even if the test ignored the response. The report has the reason and the base string."""
    suite.makepyfile(
        """
        from sends import get

        def test_it(oauth1_provider):
            get(oauth1_provider, "wrong")
        """
    )

    result = ran(suite)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*refused what this test sent*", "*GET http://127.0.0.1:*/two-legged: 401 signature*"])
    result.stdout.fnmatch_lines(["*base string: GET&http%3A%2F%2F127.0.0.1*"])


def test_the_report_names_the_first_difference(suite: pytest.Pytester) -> None:
    """If a client of any library writes a space as ``+``, the report says so."""
    suite.makepyfile(
        """
        import base64, hashlib, hmac, time, urllib.error, urllib.parse, urllib.request

        def test_it(oauth1_provider):
            box, quote = oauth1_provider, lambda text: urllib.parse.quote(text, safe="")
            oauth = {
                "oauth_consumer_key": box.client.client_id,
                "oauth_nonce": "n",
                "oauth_signature_method": "HMAC-SHA1",
                "oauth_timestamp": str(int(time.time())),
            }
            pairs = sorted([*(f"{n}={quote(v)}" for n, v in oauth.items()), "q=a+b"])
            base = "&".join(["GET", quote(box.two_legged_url), quote("&".join(pairs))])
            key = quote(box.client.client_secret) + "&"
            oauth["oauth_signature"] = base64.b64encode(hmac.digest(key.encode(), base.encode(), "sha1")).decode()
            header = "OAuth " + ", ".join(f'{n}="{quote(v)}"' for n, v in oauth.items())
            request = urllib.request.Request(box.two_legged_url + "?q=a%20b", headers={"Authorization": header})
            try:
                urllib.request.urlopen(request).close()
            except urllib.error.HTTPError as refused:
                refused.close()
                raise
        """
    )

    result = ran(suite)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*HTTP Error 401*", "*OAuth 1.0 provider*", "*encoded a space as '+'*"])


def test_a_marked_test_may_be_refused(suite: pytest.Pytester) -> None:
    """For tests about rejections."""
    suite.makepyfile(
        """
        import pytest
        from sends import get

        @pytest.mark.oauth1_refusals_expected
        def test_it(oauth1_provider):
            assert get(oauth1_provider, "wrong").status_code == 401
        """
    )

    ran(suite, "--strict-markers").assert_outcomes(passed=1)


def test_a_request_without_credentials_is_no_wrong_signature(suite: pytest.Pytester) -> None:
    """A 401 for an anonymous request is not a signing mistake."""
    suite.makepyfile(
        """
        import requests

        def test_it(oauth1_provider):
            assert requests.get(oauth1_provider.echo_url, timeout=10).status_code == 401
        """
    )

    ran(suite).assert_outcomes(passed=1)


def test_one_box_serves_the_session_if_the_setting_says_so(suite: pytest.Pytester) -> None:
    """The setting decides how long a box lives. A test answers for its own requests only."""
    suite.makeini("[pytest]\noauth1_provider_scope = session\n")
    suite.makepyfile(
        """
        from sends import get

        origins = set()

        def test_one(oauth1_provider):
            origins.add(oauth1_provider.origin)
            get(oauth1_provider, "wrong")

        def test_two(oauth1_provider):
            origins.add(oauth1_provider.origin)
            assert len(origins) == 1
        """
    )

    ran(suite).assert_outcomes(failed=1, passed=1)


def test_each_test_has_its_own_box_unless_told_otherwise(suite: pytest.Pytester) -> None:
    """That is the default."""
    suite.makepyfile(
        """
        origins = set()

        def test_one(oauth1_provider):
            origins.add(oauth1_provider.origin)

        def test_two(oauth1_provider):
            assert oauth1_provider.origin not in origins
        """
    )

    ran(suite).assert_outcomes(passed=2)


def test_an_unknown_scope_is_named(suite: pytest.Pytester) -> None:
    """The error lists the known scopes."""
    suite.makeini("[pytest]\noauth1_provider_scope = forever\n")
    suite.makepyfile("def test_it(oauth1_provider): pass")

    result = ran(suite)

    assert result.ret != 0
    result.stderr.fnmatch_lines(["*oauth1_provider_scope is 'forever'*function*session*"])


def test_a_run_without_the_fixture_loads_no_server(suite: pytest.Pytester) -> None:
    """pytest loads the plugin in every run, so it has to be cheap there."""
    suite.makepyfile(
        """
        import sys

        def test_it():
            assert not {"hypercorn", "starlette", "cryptography"} & set(sys.modules)
        """
    )

    suite.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
