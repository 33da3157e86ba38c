"""LTI 1.1 launches: a form that a platform signed and a browser posts."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest

from oauthone import Signer
from oauthone.errors import SigningError, VerificationError
from oauthone.server import AsyncVerifier, Launch, Verifier, verify_launch, verify_launch_async

from .setting import NOW, Clock, RecordingStore

URL = "https://tool.example/launch?course=1&x=a%20b"
FIELDS = {
    "lti_message_type": "basic-lti-launch-request",
    "lti_version": "LTI-1p0",
    "resource_link_id": "link 1",
    "user_id": "ann",
    "roles": "Learner,urn:lti:role:ims/lis/Learner",
    "custom_ünicode": "é+&=%",
    "lis_person_name_full": "",
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def posted(
    fields: dict[str, str] = FIELDS, *, url: str = URL, callback: str | None = "about:blank", **options: Any
) -> bytes:
    """The form as a platform's page posts it."""
    signer = Signer("client", "secret", signature_type="BODY", clock=Clock(), **options)
    body = signer.sign("POST", url, FORM, urlencode(fields).encode(), callback=callback).body
    assert isinstance(body, bytes)
    return body


def verifier(kind: Any = Verifier, **options: Any) -> Any:
    return kind(RecordingStore(Clock()), clock=Clock(), **{"token": "none", **options})


def launched(body: bytes, *, url: str = URL, given: Any = None, **options: Any) -> Launch:
    return verify_launch(given or verifier(), "POST", url, FORM, body, **options)


def refused(body: bytes, **given: Any) -> VerificationError:
    with pytest.raises(VerificationError) as caught:
        launched(body, **given)
    return caught.value


@pytest.mark.seen_in("ltiauthenticator#139")
@pytest.mark.parametrize("callback", ["about:blank", None])
def test_a_launch_is_verified_with_or_without_a_callback(callback: str | None) -> None:
    """Exactly what came is signed; no callback is put in that nobody sent."""
    launch = launched(posted(callback=callback))
    assert launch.parameters == FIELDS
    assert launch.verified.client_id == "client"
    assert launch.verified.parameters.get("oauth_callback") == callback
    assert "link" not in repr(launch)


@pytest.mark.seen_in("oauthlib#690")
@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256"])
def test_both_signature_methods_of_platforms_are_taken(method: str) -> None:
    assert launched(posted(signature_method=method)).parameters["user_id"] == "ann"


def test_an_empty_token_is_none() -> None:
    assert launched(posted(token="", token_secret="")).verified.token is None


@pytest.mark.seen_in("ims-lti#55")
def test_behind_a_tls_proxy_the_public_url_counts() -> None:
    inside = "http://10.0.0.7:8000/launch?course=1&x=a%20b"
    behind = verifier(public_url="https://tool.example")
    assert launched(posted(), url=inside, given=behind).parameters == FIELDS
    assert refused(posted(), url=inside).problem == "signature_invalid"


def test_the_query_of_the_launch_url_is_signed() -> None:
    assert refused(posted(), url=URL.replace("course=1", "course=2")).problem == "signature_invalid"


def test_a_launch_is_taken_once() -> None:
    body, one = posted(), verifier()
    launched(body, given=one)
    assert refused(body, given=one).problem == "nonce_used"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"lti_message_type": None}, "lti_message_type"),
        ({"lti_message_type": "ContentItemSelectionRequest"}, "lti_message_type"),
        ({"lti_version": None}, "lti_version"),
        ({"lti_version": "LTI-2p0"}, "lti_version"),
        ({"resource_link_id": ""}, "resource_link_id"),
    ],
)
def test_what_is_no_launch_is_refused_before_anything_is_asked(changes: dict[str, Any], says: str) -> None:
    fields = {name: value for name, value in {**FIELDS, **changes}.items() if value is not None}
    one = verifier()
    error = refused(posted(fields), given=one)
    assert (error.status, error.problem) == (400, "parameter_rejected")
    assert says in error.reason


def test_other_messages_can_be_taken() -> None:
    fields = {**FIELDS, "lti_message_type": "ContentItemSelectionRequest", "resource_link_id": ""}
    assert launched(posted(fields), message_types=["ContentItemSelectionRequest"]).parameters == fields


def test_a_field_that_is_there_twice_is_refused() -> None:
    """Signed or not: the tool could read either."""
    assert "twice" in refused(posted() + b"&user_id=bob").reason


def test_a_launch_is_a_posted_form() -> None:
    for method, headers in (("GET", FORM), ("POST", {}), ("POST", {"Content-Type": "application/json"})):
        with pytest.raises(VerificationError, match="a launch is a form that is posted"):
            verify_launch(verifier(), method, URL, headers, posted())


def test_a_form_may_not_be_longer_than_the_verifier_says() -> None:
    assert "longer than 100 octets" in refused(posted(), given=verifier(max_form=100)).reason


def test_a_verifier_that_requires_tokens_is_our_callers_mistake() -> None:
    with pytest.raises(SigningError, match="token='none'"):
        launched(posted(), given=verifier(token="required"))


def test_launches_in_coroutines() -> None:
    launch = asyncio.run(verify_launch_async(verifier(AsyncVerifier), "POST", URL, [*FORM.items()], posted()))
    assert launch.parameters == FIELDS
    assert int(launch.verified.parameters["oauth_timestamp"]) == NOW
