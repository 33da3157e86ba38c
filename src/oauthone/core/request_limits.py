"""How large a request may be: each limit is checked before the text that it limits is taken apart."""

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parameters import malformed
from oauthone.core.policy import VerificationPolicy


def check_lengths(request: IncomingRequest, policy: VerificationPolicy) -> None:
    """Raise if the path, the query or a header is too long, or the query has too many parameters."""
    limit = policy.max_header
    if len(request.path) > limit:
        raise malformed("the path is too long")
    if request.authorization is not None and len(request.authorization) > limit:
        raise malformed("the Authorization header is too long")
    if request.content_type is not None and len(request.content_type) > limit:
        raise malformed("the Content-Type header is too long")
    check_sizes(request.query, b"", policy)


def check_sizes(query: str, form: bytes, policy: VerificationPolicy) -> None:
    """Raise if a query and a form are too long together, or have too many parameters."""
    size = len(query) + len(form)
    if size < policy.max_parameters and size <= policy.max_form:  # each parameter has a character at least
        return
    if len(form) > policy.max_form:
        raise malformed(f"the form is longer than {policy.max_form} octets")
    if size > policy.max_form:
        raise malformed(f"{'query and form are' if form else 'the query is'} longer than {policy.max_form} octets")
    if query.count("&") + form.count(b"&") >= policy.max_parameters:
        raise malformed(f"there are more than {policy.max_parameters} parameters")
