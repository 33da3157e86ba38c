"""LTI 1.1 launches: a browser posts a form that a learning platform signed without a token (IMS LTI 1.1 section 4)."""

from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from oauthone.core.body import is_form
from oauthone.core.encoding import form_decode, to_wire_string
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.verification_types import Verified
from oauthone.errors import ConfigurationError, LaunchError, StoreError, VerificationError
from oauthone.server._callbacks import callback_with
from oauthone.server._redirect_targets import is_http_url
from oauthone.server._refusal_log import log_refusal
from oauthone.server._verifier import AsyncVerifier, Verifier

BASIC_LAUNCH = "basic-lti-launch-request"
VERSION = "LTI-1p0"
_CONTEXT_ROLE = "urn:lti:role:ims/lis/"


class Launch(NamedTuple):
    """A launch whose signature was verified.

    Attributes:
        verified: the result of the verification; its ``client_id`` is the platform's consumer key.
        parameters: the decoded fields of the form, without the protocol parameters.
    """

    verified: Verified
    parameters: Mapping[str, str]

    @property
    def roles(self) -> tuple[str, ...]:
        """The person's roles: context roles by their short names, such as ``"Instructor"``, others as URNs."""
        given = (role.strip() for role in self.parameters.get("roles", "").split(","))
        return tuple(role.removeprefix(_CONTEXT_ROLE) for role in given if role)

    @property
    def custom(self) -> dict[str, str]:
        """The fields whose names begin with ``custom_``, without that prefix."""
        fields = self.parameters.items()
        return {name.removeprefix("custom_"): value for name, value in fields if name.startswith("custom_")}

    def return_address(self, *, message: str | None = None, error: str | None = None) -> str | None:
        """The URL to which the platform wants the person sent back, or None.

        It is None if the platform sends no URL, or one that a browser should not be sent to.

        Args:
            message: a message that the platform shows to the person, sent as ``lti_msg``.
            error: an error message that it shows, sent as ``lti_errormsg``.
        """
        address = self.parameters.get("launch_presentation_return_url", "")
        if not is_http_url(address):
            return None
        messages = [(name, text) for name, text in (("lti_msg", message), ("lti_errormsg", error)) if text is not None]
        return callback_with(address, messages) if messages else address

    def __repr__(self) -> str:
        return f"Launch(client_id={self.verified.client_id!r}, …)"


def verify_launch(
    verifier: Verifier, request: IncomingRequest, *, message_types: Collection[str] = (BASIC_LAUNCH,)
) -> Launch:
    """Verify a launch. The form is verified exactly as it arrived, with nothing added to it.

    Args:
        verifier: a verifier with ``token="none"`` or ``"optional"``. Behind a TLS proxy it needs a ``public_url``.
        request: the request, with the octets of the form as its body. The glue for each framework creates one.
        message_types: the values of ``lti_message_type`` to accept.

    Raises:
        VerificationError: the request is refused.
        LaunchError: the signature holds, but the form is not an LTI 1.1 launch of an accepted type.
        ConfigurationError: ``verifier`` requires tokens, and launches have none.
        StoreError: the store did not answer.
    """
    with _refusals_logged(verifier, request):
        _require_launch_form(verifier, request)
        return _checked(verifier.verify(request), request.body, message_types)


async def averify_launch(
    verifier: AsyncVerifier, request: IncomingRequest, *, message_types: Collection[str] = (BASIC_LAUNCH,)
) -> Launch:
    """`verify_launch` with an `AsyncVerifier`. The arguments and errors are the same."""
    with _refusals_logged(verifier, request):
        _require_launch_form(verifier, request)
        return _checked(await verifier.verify(request), request.body, message_types)


@contextmanager
def _refusals_logged(verifier: Verifier | AsyncVerifier, request: IncomingRequest) -> Generator[None, None, None]:
    try:
        yield
    except (VerificationError, StoreError) as refused:
        log_refusal(refused, request, verifier.policy)
        raise


def _require_launch_form(verifier: Verifier | AsyncVerifier, request: IncomingRequest) -> None:
    if verifier.policy.token == "required":
        raise ConfigurationError("LTI launches have no token: make the verifier with token='none'")
    if request.fault is None and (request.method != "POST" or not is_form(request.content_type)):
        raise _not_a_launch("a launch is a form in a POST request")


def _checked(verified: Verified, form: bytes, message_types: Collection[str]) -> Launch:
    """The launch in a verified form. Its fields, such as the return URL, cannot be trusted before."""
    fields = {name: value for name, value in _fields(form).items() if not name.startswith("oauth_")}
    launch = Launch(verified, fields)
    if fields.get("lti_message_type") not in message_types:
        reason = "lti_message_type is missing, or not accepted here"
    elif fields.get("lti_version") != VERSION:
        reason = f"lti_version is not {VERSION!r}"
    elif fields["lti_message_type"] == BASIC_LAUNCH and not fields.get("resource_link_id"):
        reason = "resource_link_id is missing"
    else:
        return launch
    refused = LaunchError(400, "parameter_rejected", reason)
    refused.return_url = launch.return_address(error=f"The tool does not accept this launch: {reason}")
    raise refused


def _fields(body: bytes) -> dict[str, str]:
    """The decoded fields of the form. A field that occurs twice is refused, as readers could choose either value."""
    fields: dict[str, str] = {}
    for octets, value in form_decode(to_wire_string(body)):
        name = octets.decode("utf-8", "replace")
        if name in fields and not name.startswith("oauth_"):
            raise _not_a_launch("a field occurs twice in the form")
        fields[name] = value.decode("utf-8", "replace")
    return fields


def _not_a_launch(reason: str) -> VerificationError:
    return VerificationError(400, "parameter_rejected", reason)
