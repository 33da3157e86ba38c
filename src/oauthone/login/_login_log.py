"""The log of logins, the logger ``oauthone.login``: what an operator has to know, in at most so many records a second.

What users do is not logged, such as a denial, a reload or a late callback. No record holds a token or a code.
"""

import logging
import os
from collections.abc import Generator
from contextlib import contextmanager

from oauthone.core.record_limit import RecordLimit
from oauthone.core.urls import host_of_authority, host_of_url
from oauthone.errors import FlowError, UnknownLogin

LOG = logging.getLogger("oauthone.login")

_LONGEST_HOST = 80

_LIMIT = RecordLimit()
if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows does not fork
    os.register_at_fork(after_in_child=_LIMIT.reset)


def log_refusal(name: str, step: str, error: FlowError) -> None:
    """Log that the provider refused a leg of a login.

    Args:
        name: the provider's name in the registry.
        step: what the login cannot do: ``"start"`` or ``"finish"``.
        error: the error.
    """
    _write(name, "a login with %r cannot %s: %s", name, step, error)


@contextmanager
def foreign_callbacks_logged(name: str) -> Generator[None, None, None]:
    """Log a callback whose token this browser was not given: it may be forged, to log its user in as somebody else.

    Args:
        name: the provider's name in the registry.
    """
    try:
        yield
    except UnknownLogin as refused:
        _write(name, "a callback of %r was refused: %s", name, refused)
        raise


def login_host(name: str, authority: str, redirect_uri: str | None) -> str:
    """Return the host at which a login begins; log a callback at another host, where the session may be missing.

    Args:
        name: the provider's name in the registry.
        authority: the ``Host`` header of the request.
        redirect_uri: the callback, or None.
    """
    host, target = host_of_authority(authority), host_of_url(redirect_uri or "")
    if host and target and host != target:
        _warn_of_hosts(name, host, target)
    return host


def _warn_of_hosts(name: str, host: str, target: str) -> None:
    _write(
        name,
        "a login with %r starts at the host %r and comes back to %r. If the browser sees these two names, the "
        "session's cookie has to cover both (localhost and 127.0.0.1 share none). If a proxy changes the Host "
        "header, ignore this warning",
        name,
        host[:_LONGEST_HOST],
        target[:_LONGEST_HOST],
    )


def _write(name: str, message: str, *values: object) -> None:
    # Each kind of warning has a limit of its own: a stranger who forges callbacks hides no refusal of the provider.
    is_admitted, withheld = _LIMIT.admit(f"{name} {message}")
    if withheld is not None:
        LOG.warning("… %d more warnings about logins without a record", withheld.total)
    if is_admitted:
        LOG.warning(message, *values)
