"""LTI 1.1 launches: a browser posts a form that a learning platform signed, without a token (IMS LTI 1.1 section 4)."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from oauthone.core.body import is_form
from oauthone.core.encoding import form_decode, iter_pairs, to_wire_string
from oauthone.core.verified import Verified
from oauthone.errors import LaunchError, SigningError, VerificationError
from oauthone.server.callbacks import callback_with, is_web_address
from oauthone.server.verifier import AsyncVerifier, IncomingHeaders, Verifier

BASIC_LAUNCH = "basic-lti-launch-request"
VERSION = "LTI-1p0"
_CONTEXT_ROLE = "urn:lti:role:ims/lis/"


class Launch(NamedTuple):
    """A launch whose signature holds.

    Attributes:
        verified: what was verified; its ``client_id`` is the platform's consumer key.
        parameters: the form's fields without the protocol parameters, decoded.
    """

    verified: Verified
    parameters: Mapping[str, str]

    @property
    def roles(self) -> tuple[str, ...]:
        """The person's roles: those in the context by their short names, such as ``"Instructor"``; others as URNs."""
        given = (role.strip() for role in self.parameters.get("roles", "").split(","))
        return tuple(role.removeprefix(_CONTEXT_ROLE) for role in given if role)

    @property
    def custom(self) -> dict[str, str]:
        """The fields whose names begin with ``custom_``, without that."""
        fields = self.parameters.items()
        return {name.removeprefix("custom_"): value for name, value in fields if name.startswith("custom_")}

    def return_address(self, *, message: str | None = None, error: str | None = None) -> str | None:
        """Where the platform wants the person back; None where it says no address that a browser should be sent to.

        Args:
            message: what the platform shows the person then, as ``lti_msg``.
            error: what it shows as an error, as ``lti_errormsg``.
        """
        address = self.parameters.get("launch_presentation_return_url", "")
        if not is_web_address(address):
            return None
        said = [(name, text) for name, text in (("lti_msg", message), ("lti_errormsg", error)) if text is not None]
        return callback_with(address, said) if said else address

    def __repr__(self) -> str:
        return f"Launch(client_id={self.verified.client_id!r}, …)"


def verify_launch(
    verifier: Verifier,
    method: str,
    url: str,
    headers: IncomingHeaders,
    body: bytes,
    *,
    message_types: Collection[str] = (BASIC_LAUNCH,),
) -> Launch:
    """Verify a launch that a platform's form posted. What the form holds counts as it came; nothing is added to it.

    Args:
        verifier: one with ``token="none"`` or ``"optional"``, and behind a TLS proxy with its ``public_url``.
        method: the request method.
        url: the absolute URL as it arrived, not as a framework spells it; its query is signed too. It comes with
            method and headers from `oauthone.server.arrival`, in Django from `oauthone.server.django.arrival_of`.
        headers: all headers, as a mapping or as pairs.
        body: the form's octets.
        message_types: the values of ``lti_message_type`` that are taken.

    Raises:
        VerificationError: the request is refused.
        LaunchError: the signature holds, but this is no LTI 1.1 launch to take.
        SigningError: ``verifier`` requires tokens, which launches have none of.
        StoreError: the store did not answer.
    """
    pairs: list[tuple[str, str]] = list(iter_pairs(headers))
    parameters = _launch_form(verifier, method, pairs, body)
    return _checked(Launch(verifier.verify(method, url, pairs, body), parameters), message_types)


async def verify_launch_async(
    verifier: AsyncVerifier,
    method: str,
    url: str,
    headers: IncomingHeaders,
    body: bytes,
    *,
    message_types: Collection[str] = (BASIC_LAUNCH,),
) -> Launch:
    """`verify_launch` with an `AsyncVerifier`."""
    pairs: list[tuple[str, str]] = list(iter_pairs(headers))
    parameters = _launch_form(verifier, method, pairs, body)
    return _checked(Launch(await verifier.verify(method, url, pairs, body), parameters), message_types)


def _launch_form(
    verifier: Verifier | AsyncVerifier, method: str, headers: list[tuple[str, str]], body: bytes
) -> dict[str, str]:
    if verifier.policy.token == "required":
        raise SigningError("LTI launches have no token: make the verifier with token='none'")
    content_type = next((value for name, value in headers if name.lower() == "content-type"), None)
    if method.upper() != "POST" or not is_form(content_type):
        raise _no_launch("a launch is a form that is posted")
    if len(body) > verifier.policy.max_form:
        raise _no_launch(f"the form is longer than {verifier.policy.max_form} octets")
    return {name: value for name, value in _fields(body).items() if not name.startswith("oauth_")}


def _checked(launch: Launch, message_types: Collection[str]) -> Launch:
    """``launch`` if it is one. Asked after its signature: only then is its return address the platform's."""
    fields = launch.parameters
    if fields.get("lti_message_type") not in message_types:
        reason = "lti_message_type is missing, or not one that is taken here"
    elif fields.get("lti_version") != VERSION:
        reason = f"lti_version is not {VERSION!r}"
    elif fields["lti_message_type"] == BASIC_LAUNCH and not fields.get("resource_link_id"):
        reason = "resource_link_id is missing"
    else:
        return launch
    refused = LaunchError(400, "parameter_rejected", reason)
    refused.return_url = launch.return_address(error=f"This is no launch that the tool can take: {reason}")
    raise refused


def _fields(body: bytes) -> dict[str, str]:
    """The form's fields. One that is there twice could be read either way, so it is refused."""
    fields: dict[str, str] = {}
    for octets, value in form_decode(to_wire_string(body)):
        name = octets.decode("utf-8", "replace")
        if name in fields and not name.startswith("oauth_"):
            raise _no_launch("a field of the form is there twice")
        fields[name] = value.decode("utf-8", "replace")
    return fields


def _no_launch(reason: str) -> VerificationError:
    return VerificationError(400, "parameter_rejected", reason)
