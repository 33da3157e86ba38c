"""LTI 1.1 launches: a form that a platform signs and a browser posts."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import ConfigurationError, LaunchError, VerificationError
from oauthone.server import (
    AsyncVerifier,
    Client,
    Launch,
    MemoryStore,
    Verifier,
    averify_launch,
    verify_launch,
)

from .scenarios.test_vectors import Vector, load, named
from .setting import NOW, Clock, RecordingStore

LAUNCHES = named(load("launches"))

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
    """Return the form as a platform's page posts it."""
    signer = Signer("client", "secret", signature_type="BODY", clock=Clock(), **options)
    body = signer.sign("POST", url, FORM, urlencode(fields).encode(), callback=callback).body
    assert isinstance(body, bytes)
    return body


def verifier(kind: Any = Verifier, **options: Any) -> Any:
    return kind(RecordingStore(Clock()), clock=Clock(), **{"token": "none", **options})


def launched(body: bytes, *, url: str = URL, given: Any = None, **options: Any) -> Launch:
    return verify_launch(given or verifier(), IncomingRequest.from_url("POST", url, FORM, body), **options)


def refused(body: bytes, **given: Any) -> VerificationError:
    with pytest.raises(VerificationError) as caught:
        launched(body, **given)
    return caught.value


def platform_verifier(vector: Vector) -> Verifier:
    """Return a tool's verifier at the time of the launch."""

    def clock() -> float:
        return float(vector["timestamp"])

    store = MemoryStore([Client.create(vector["client_id"], vector["client_secret"])], clock=clock)
    return Verifier(store, token="none", clock=clock)


@pytest.mark.parametrize("vector", LAUNCHES)
def test_a_launch_that_a_platform_made_is_verified_once(vector: Vector) -> None:
    one, body = platform_verifier(vector), vector["body"].encode()
    launch = launched(body, url=vector["url"], given=one)
    assert launch.verified.client_id == vector["client_id"]
    assert launch.parameters["user_id"] == vector["expected"]["user_id"]
    assert list(launch.roles) == vector["expected"]["roles"]
    assert refused(body, url=vector["url"], given=one).problem == "nonce_used"


@pytest.mark.parametrize("vector", LAUNCHES)
@pytest.mark.parametrize(
    ("old", "new"),
    [("&roles=", "&roles=Instructor%2C"), ("&user_id=", "&user_id=1"), ("&launch_presentation_locale=en", "")],
)
def test_a_launch_that_a_platform_made_is_refused_where_anything_was_changed(
    vector: Vector, old: str, new: str
) -> None:
    body = vector["body"].replace(old, new)
    assert body != vector["body"]
    error = refused(body.encode(), url=vector["url"], given=platform_verifier(vector))
    assert error.problem == "signature_invalid"


def test_roles_of_the_course_and_the_institution_are_told_apart() -> None:
    """An administrator of the institution is not an administrator of the course."""
    given = " Instructor , urn:lti:role:ims/lis/Learner/NonCreditLearner,urn:lti:instrole:ims/lis/Instructor,,Student"
    roles = launched(posted({**FIELDS, "roles": given})).roles
    assert roles == ("Instructor", "Learner/NonCreditLearner", "urn:lti:instrole:ims/lis/Instructor", "Student")
    assert launched(posted({**FIELDS, "roles": ""})).roles == ()
    assert launched(posted({name: value for name, value in FIELDS.items() if name != "roles"})).roles == ()


def test_custom_parameters_of_a_teacher_are_in_custom() -> None:
    assert launched(posted()).custom == {"ünicode": "é+&=%"}


def test_unusual_values_arrive_as_they_were_sent() -> None:
    """Browsers end lines in CR LF, and these are signed."""
    fields = {**FIELDS, "resource_link_description": "a\r\nb\n", "lis_person_name_full": "Ünï 🙂 + & =%2B", "ext_": " "}
    assert launched(posted(fields)).parameters == fields


RETURN = "https://lms.example/return?course=2&a=%20#top"


def test_the_return_url_carries_a_message() -> None:
    launch = launched(posted({**FIELDS, "launch_presentation_return_url": RETURN}))
    assert launch.return_address() == RETURN
    assert launch.return_address(message="Well done", error="é&") == (
        "https://lms.example/return?course=2&a=%20&lti_msg=Well%20done&lti_errormsg=%C3%A9%26#top"
    )


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "//lms.example", "https://lms.example/\r\nX: y", None])
def test_no_return_url_leads_a_browser_to_an_unsafe_target(address: str | None) -> None:
    fields = dict(FIELDS) if address is None else {**FIELDS, "launch_presentation_return_url": address}
    assert launched(posted(fields)).return_address(error="no") is None
    assert not_taken(posted({**fields, "lti_version": ""})).return_url is None


def not_taken(body: bytes, **given: Any) -> LaunchError:
    with pytest.raises(LaunchError) as caught:
        launched(body, **given)
    return caught.value


@pytest.mark.seen_in("ltiauthenticator#139")
@pytest.mark.parametrize("callback", ["about:blank", None])
def test_a_launch_is_verified_with_or_without_a_callback(callback: str | None) -> None:
    """The signature covers exactly the fields that arrived; no callback is added."""
    launch = launched(posted(callback=callback))
    assert launch.parameters == FIELDS
    assert launch.verified.client_id == "client"
    assert launch.verified.parameters.get("oauth_callback") == callback
    assert "link" not in repr(launch)


@pytest.mark.seen_in("oauthlib#690")
@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256"])
def test_both_signature_methods_of_platforms_are_accepted(method: str) -> None:
    assert launched(posted(signature_method=method)).parameters["user_id"] == "ann"


def test_an_empty_token_is_accepted_as_no_token() -> None:
    assert launched(posted(token="", token_secret="")).verified.token is None


@pytest.mark.seen_in("ims-lti#55")
def test_behind_a_tls_proxy_the_public_url_counts() -> None:
    inside = "http://10.0.0.7:8000/launch?course=1&x=a%20b"
    behind = verifier(public_url="https://tool.example")
    assert launched(posted(), url=inside, given=behind).parameters == FIELDS
    assert refused(posted(), url=inside).problem == "signature_invalid"


def test_the_query_of_the_launch_url_is_signed() -> None:
    assert refused(posted(), url=URL.replace("course=1", "course=2")).problem == "signature_invalid"


def test_a_launch_is_accepted_once() -> None:
    body, one = posted(), verifier()
    launched(body, given=one)
    assert refused(body, given=one).problem == "nonce_used"


@pytest.mark.seen_in("hypothesis/lms#932")
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
def test_a_form_that_is_not_a_launch_is_rejected_with_the_return_url(changes: dict[str, Any], says: str) -> None:
    """The platform can then show the reason."""
    changed = {**FIELDS, "launch_presentation_return_url": RETURN, **changes}
    error = not_taken(posted({name: value for name, value in changed.items() if value is not None}))
    assert (error.status, error.problem) == (400, "parameter_rejected")
    assert says in error.reason
    assert error.return_url is not None
    assert error.return_url.startswith("https://lms.example/return?course=2&a=%20&lti_errormsg=The%20tool%20does%20not")
    assert says in error.return_url


def test_no_return_url_is_read_from_a_form_with_a_wrong_signature() -> None:
    """An attacker could choose it."""
    body = posted({**FIELDS, "lti_version": "", "launch_presentation_return_url": RETURN})
    error = refused(body.replace(b"lms.example", b"evil.example"))
    assert (error.problem, isinstance(error, LaunchError)) == ("signature_invalid", False)


def test_other_message_types_can_be_accepted() -> None:
    fields = {**FIELDS, "lti_message_type": "ContentItemSelectionRequest", "resource_link_id": ""}
    assert launched(posted(fields), message_types=["ContentItemSelectionRequest"]).parameters == fields


def test_a_repeated_field_is_rejected() -> None:
    """With or without a signature over both, the tool could read either."""
    signer = Signer("client", "secret", signature_type="BODY", clock=Clock())
    twice = signer.sign("POST", URL, FORM, urlencode([*FIELDS.items(), ("user_id", "bob")]).encode()).body
    assert "twice" in refused(twice).reason
    assert refused(posted() + b"&user_id=bob").problem == "signature_invalid"


def test_a_launch_is_a_posted_form() -> None:
    for method, headers in (("GET", FORM), ("POST", {}), ("POST", {"Content-Type": "application/json"})):
        with pytest.raises(VerificationError, match="a launch is a form in a POST request"):
            verify_launch(verifier(), IncomingRequest.from_url(method, URL, headers, posted()))


def test_a_form_may_not_be_longer_than_the_limit_of_the_verifier() -> None:
    assert "longer than 100 octets" in refused(posted(), given=verifier(max_form=100)).reason


def test_a_verifier_that_requires_tokens_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="token='none'"):
        launched(posted(), given=verifier(token="required"))


def test_launches_are_verified_with_an_async_verifier() -> None:
    launch = asyncio.run(
        averify_launch(verifier(AsyncVerifier), IncomingRequest.from_url("POST", URL, [*FORM.items()], posted()))
    )
    assert launch.parameters == FIELDS
    assert int(launch.verified.parameters["oauth_timestamp"]) == NOW
